/* The picture library, from within the text: dialogs to find a picture, to add one, and to say in words what it shows.
   Each resolves to { id, src, width, height, alt, caption, credit }, or to null. The server's side is
   editorial/views/pictures.py. */

import { crel, gettext } from "django-prose-editor/editor"
import { field, openDialog } from "eir/prose-dialog"

const LIBRARY = "/admin/desk/pictures/"
const SIGNED_OUT = gettext("You have been signed out. Sign in again in another tab, then try once more.")
const FAILED = gettext("This did not work. Try once more.")

/* ---------------------------------------------------------------- requests */

const findPictures = async (words, page) => {
  const response = await fetch(`${LIBRARY}?${new URLSearchParams({ q: words, page })}`)
  if (response.redirected) throw new Error(SIGNED_OUT)
  if (!response.ok) throw new Error(FAILED)
  return response.json()
}

const read = (request) => {
  if (!request.responseURL.endsWith(LIBRARY)) throw new Error(SIGNED_OUT)
  if (request.status === 403) throw new Error(gettext("You may not add pictures."))
  if (request.status === 413) throw new Error(gettext("The file is too large."))
  if (request.status === 400 && request.response?.errors) throw new Error(Object.values(request.response.errors).join(" "))
  if (request.status !== 201) throw new Error(FAILED)
  return request.response.picture
}

/* Only XMLHttpRequest tells how much has been sent. The token is asked for anew: the page's own is worth nothing after
   signing in again in another tab, and a large file should not be sent in vain. */
const sendPicture = async (file, words, onProgress) => {
  const { token } = await findPictures("", 1)
  return new Promise((resolve, reject) => {
    const body = new FormData()
    for (const [name, value] of Object.entries({ file, ...words })) body.append(name, value)
    const request = new XMLHttpRequest()
    request.open("POST", LIBRARY)
    request.setRequestHeader("X-CSRFToken", token)
    request.responseType = "json"
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(loaded / total))
    request.addEventListener("error", () => reject(new Error(FAILED)))
    request.addEventListener("load", () => {
      try {
        resolve(read(request))
      } catch (error) {
        reject(error)
      }
    })
    request.send(body)
  })
}

/* ----------------------------------------------------------------- in words */

const wordFields = ({ alt = "", caption = "", credit = "" }) => [
  field({
    name: "alt",
    title: gettext("What the picture shows"),
    hint: gettext("for those who cannot see it; not the caption once more"),
    rows: 2,
    value: alt,
    required: true,
    maxLength: 300,
  }),
  field({ name: "caption", title: gettext("Caption"), rows: 2, value: caption, maxLength: 400 }),
  field({ name: "credit", title: gettext("Credit"), value: credit, maxLength: 120 }),
]

const needWords = (values) => {
  if (!values.alt.trim()) throw new Error(gettext("Say in a few words what the picture shows."))
}

const preview = (src) => crel("img", { className: "prose-dialog__picture", src, alt: "" })

/* A file from this person's device: shown, put into words, sent. */
export const addPicture = async (file) => {
  const progress = crel("progress", { max: 1, value: 0, hidden: true, "aria-label": gettext("Sent so far") })
  const src = URL.createObjectURL(file)
  const answer = async (values) => {
    needWords(values)
    progress.hidden = false
    try {
      const added = await sendPicture(file, values, (share) => (progress.value = share))
      return { ...added, ...values }
    } finally {
      progress.hidden = true
    }
  }
  const parts = [preview(src), ...wordFields({}), progress]
  const picture = await openDialog({ title: gettext("New picture"), parts, submit: gettext("Add and insert"), answer })
  URL.revokeObjectURL(src)
  return picture
}

/* A picture of the library, in words that fit this story. */
const wordPicture = (picture) => {
  const answer = (values) => (needWords(values), { ...picture, ...values })
  const parts = [preview(picture.thumb), ...wordFields(picture)]
  return openDialog({ title: gettext("Picture"), parts, submit: gettext("Insert"), answer })
}

/* A picture that stands in the text: its description, or { isOther: true } for another one in its place. */
export const rewordPicture = ({ src, alt }) => {
  const other = crel("button", { type: "button", textContent: gettext("Choose another picture") })
  const parts = [...(src ? [preview(src)] : []), wordFields({ alt })[0], crel("p", {}, [other])]
  return openDialog({
    title: gettext("Picture"),
    parts,
    submit: gettext("Update"),
    answer: (values) => (needWords(values), values),
    onOpen: ({ close }) => other.addEventListener("click", () => close({ isOther: true })),
  })
}

/* ----------------------------------------------------------------- choosing */

const tile = (picture, choose) => {
  const image = crel("img", { src: picture.thumb, alt: "", loading: "lazy" })
  const button = crel("button", { type: "button", className: "prose-tile" }, [image, crel("span", { textContent: picture.alt })])
  button.addEventListener("click", () => choose(picture))
  return crel("li", {}, [button])
}

/* Arrow keys walk through the pictures, up and down by rows. */
const walk = (event, list) => {
  const tiles = [...list.querySelectorAll("button")]
  const columns = tiles.findIndex((each) => each.offsetTop > tiles[0].offsetTop)
  const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: Math.max(columns, 1), ArrowUp: -Math.max(columns, 1) }[event.key]
  const next = tiles[tiles.indexOf(document.activeElement) + by]
  if (!by) return
  event.preventDefault()
  next?.focus()
}

/* The list of what is found, filled as one types; the answer to an older question is dropped. */
const arrangeSearch = ({ search, list, more, status, choose }) => {
  let asked = 0
  let next = null
  const load = async (page) => {
    const question = ++asked
    try {
      const found = await findPictures(search.value, page)
      if (question !== asked) return
      if (page === 1) list.replaceChildren()
      const tiles = found.pictures.map((picture) => tile(picture, choose))
      list.append(...tiles)
      if (page > 1) tiles[0]?.querySelector("button").focus()
      next = found.next
      more.hidden = !next
      status.textContent = list.children.length ? gettext("%s pictures").replace("%s", list.children.length + (next ? "+" : "")) : gettext("No picture found")
    } catch (error) {
      status.textContent = error.message
    }
  }
  let waiting = 0
  search.addEventListener("input", () => {
    clearTimeout(waiting)
    waiting = setTimeout(() => load(1), 250)
  })
  more.addEventListener("click", () => load(next))
  list.addEventListener("keydown", (event) => walk(event, list))
  load(1)
}

/* From the library, or from this person's device. */
export const choosePicture = async () => {
  const search = field({ name: "words", type: "search", title: gettext("Search the library") })
  const file = field({ name: "file", type: "file", title: gettext("Or add a picture from your device") })
  file.querySelector("input").accept = "image/jpeg,image/png,image/webp,image/avif"
  const status = crel("p", { className: "prose-dialog__hint", role: "status" })
  const list = crel("ul", { className: "prose-tiles", "aria-label": gettext("Pictures") })
  const more = crel("button", { type: "button", textContent: gettext("More pictures"), hidden: true })
  const chosen = await openDialog({
    title: gettext("Choose a picture"),
    parts: [search, status, list, more, file],
    isWide: true,
    onOpen: ({ close }) => {
      arrangeSearch({ search: search.querySelector("input"), list, more, status, choose: close })
      file.addEventListener("change", ({ target }) => target.files.length && close({ file: target.files[0] }))
    },
  })
  if (!chosen) return null
  return chosen.file ? addPicture(chosen.file) : wordPicture(chosen)
}
