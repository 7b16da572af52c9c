"""Labels never cover one another, nor the header."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from visual.labels import Label, Rect, settle

PICTURE = (1920, 1080)
HEADER = Rect(20.0, 15.0, 1900.0, 110.0)
some_labels = st.lists(
    st.builds(
        Label,
        st.floats(0, 1920),
        st.floats(0, 1080),
        st.floats(1, 50),
        st.floats(60, 240),
        st.floats(30, 50),
    ),
    max_size=25,
)


def cover(a, b):
    return a.left < b.right and b.left < a.right and a.top < b.bottom and b.top < a.bottom


def test_a_lonely_label_hangs_centred_above_its_anchor():
    (place,) = settle([Label(500.0, 400.0, 9.0, 100.0, 40.0)], [], PICTURE, lift=12.0)
    assert place == Rect(450.0, 348.0, 550.0, 388.0)


def test_the_nearer_of_two_keeps_the_lower_place():
    far, near = Label(500.0, 400.0, 20.0, 100.0, 40.0), Label(500.0, 400.0, 9.0, 100.0, 40.0)
    places = settle([far, near], [], PICTURE)
    assert places[1].top > places[0].bottom


def test_what_is_behind_the_camera_or_out_of_the_picture_has_no_label():
    labels = [Label(500.0, 400.0, -1.0, 90.0, 40.0), Label(-30.0, 400.0, 9.0, 90.0, 40.0)]
    assert settle(labels, [], PICTURE) == [None, None]


def test_a_label_without_room_above_goes_below():
    (place,) = settle([Label(500.0, 130.0, 9.0, 100.0, 40.0)], [HEADER], PICTURE)
    assert place.top > 130.0


@given(some_labels)
def test_labels_cover_neither_each_other_nor_the_header(labels):
    places = [p for p in settle(labels, [HEADER], PICTURE) if p is not None]
    for a, b in itertools.combinations([*places, HEADER], 2):
        assert not cover(a, b)
    for place in places:
        assert place.left >= 0
        assert place.right <= PICTURE[0]
        assert place.top >= 0
