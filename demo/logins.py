"""The sample logins: what a person is, their address, their name. All share one password."""

PASSWORD = "sesame-orchard-lantern"  # noqa: S105 (a demo's, printed when it starts)

CHECKERS = "Fact checkers"

STAFF = (
    ("Writer", "writer@example.com", "Marta Ellingsen"),
    ("Editor", "editor@example.com", "Edda Korhald"),
    ("Deputy editor", "deputy@example.com", "Halvard Quist"),
    ("Fact checker", "checker@example.com", "Iva Brandholt"),
    ("Publisher", "publisher@example.com", "Pavel Lindqvist-Moor"),
    ("Support", "support@example.com", "Sunniva Tarle"),
    ("Administrator", "admin@example.com", "Ada Wexcombe"),
)

READERS = (
    ("unpaid", "unpaid@example.com", "Ursel Vant"),
    ("never paid", "never@example.com", "Nils Ebberg"),
    ("subscriber", "subscriber@example.com", "Sabine Orlund"),
    ("on trial", "trial@example.com", "Tore Maddock"),
    ("has cancelled", "leaving@example.com", "Lena Harrowby"),
    ("former subscriber", "former@example.com", "Felix Anstruth"),
    ("payment overdue", "overdue@example.com", "Odile Brandt-Kerr"),
    ("payment unfinished", "unfinished@example.com", "Ulric Tamsin"),
    ("paused", "paused@example.com", "Paola Winterhagen"),
    ("complimentary", "guest@example.com", "Greta Pellmoor"),
    ("group owner", "tutor@example.com", "Tilde Asmundsen"),
    ("in a group", "pupil@example.com", "Perrin Vask"),
    ("given a gift", "gifted@example.com", "Gudrun Ferrow"),
    ("registered", "reader@example.com", "Rafe Idunsen"),
)
