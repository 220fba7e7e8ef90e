"""The generated pictures: the same order always gives the same print, and no two orders the same one."""

import pytest

from demo.pictures import SCENES, draw_picture

SMALL = (320, 200)


@pytest.mark.parametrize("scene", SCENES)
def test_a_scene_and_seed_always_give_the_same_bytes(scene: str) -> None:
    first = draw_picture(scene, 7, size=SMALL)
    second = draw_picture(scene, 7, size=SMALL)
    assert first.tobytes() == second.tobytes()


@pytest.mark.parametrize("scene", SCENES)
def test_another_seed_gives_another_composition_not_only_other_grain(scene: str) -> None:
    thumbnails = {draw_picture(scene, seed, size=SMALL).resize((8, 5)).tobytes() for seed in range(4)}
    assert len(thumbnails) == 4


def test_scenes_with_the_same_seed_differ() -> None:
    assert len({draw_picture(scene, 1, size=SMALL).tobytes() for scene in SCENES}) == len(SCENES)


@pytest.mark.parametrize("size", [(320, 200), (300, 300), (120, 200)])
def test_a_picture_has_the_size_asked_for(size: tuple[int, int]) -> None:
    picture = draw_picture("harbour", 1, size=size)
    assert (picture.size, picture.mode) == (size, "RGB")


def test_a_picture_is_two_thousand_pixels_wide_unless_told() -> None:
    assert draw_picture("ice", 1).size == (2000, 1250)


@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_uses_the_whole_range_from_dark_to_light(scene: str) -> None:
    tones = draw_picture(scene, 2, size=SMALL).convert("L").tobytes()
    assert min(tones) < 80
    assert max(tones) > 170


def test_an_unknown_scene_is_refused_with_the_names_that_exist() -> None:
    with pytest.raises(
        ValueError, match=r"^No scene is called 'volcano'; there are bridge, delta, .*workshop\.$"
    ):
        draw_picture("volcano", 1)
