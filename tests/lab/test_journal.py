"""The journal of a run: its stretches, cut and joined."""

from badak.lab.journal import Journal, Segment


def journal(*segments):
    first, *others = segments
    made = Journal([Segment({"name": first[0]}, 0, first[1])])
    for _ in range(first[2]):
        made.epoch_over()
    for name, begin, epochs, steps in others:
        made.add(Segment({"name": name}, 0, begin), steps)
        for _ in range(epochs):
            made.epoch_over()
    return made


def told(made):
    return [(s.recipe["name"], s.begin, s.epochs) for s in made]


def test_epochs_add_up_over_the_segments():
    made = journal(("a", "new", 3), ("b", "settings", 2, 30))
    assert made.epochs == 5
    assert told(made) == [("a", "new", 3), ("b", "settings", 2)]


def test_a_change_in_which_nothing_was_trained_gives_way_to_the_next():
    made = journal(("a", "new", 3), ("b", "settings", 0, 30), ("c", "settings", 1, 30))
    assert told(made) == [("a", "new", 3), ("c", "settings", 1)]
    made = journal(("a", "new", 3), ("b", "compiled", 0, 30), ("c", "settings", 1, 0))
    assert told(made) == [("a", "new", 3), ("c", "compiled", 1)]


def test_a_change_of_layers_stays_though_nothing_was_trained():
    made = journal(("a", "new", 3), ("b", "rebuilt", 0, 30), ("c", "settings", 1, 0))
    assert told(made) == [("a", "new", 3), ("b", "rebuilt", 0), ("c", "settings", 1)]


def test_steps_before_count_what_models_of_earlier_segments_took():
    made = journal(("a", "new", 3), ("b", "settings", 2, 30), ("c", "compiled", 1, 50))
    assert made.steps_before == 50
    assert made.cut_at(4).steps_before == 0


def test_cut_goes_to_the_segment_that_goes_on_from_there():
    made = journal(("a", "new", 3), ("b", "settings", 2, 30))
    assert told(made.cut_at(2)) == [("a", "new", 2)]
    assert told(made.cut_at(3)) == [("a", "new", 3), ("b", "settings", 0)]
    assert told(made.cut_at(4)) == [("a", "new", 3), ("b", "settings", 1)]
    assert made.at(3).recipe == {"name": "b"}
    assert told(made) == [("a", "new", 3), ("b", "settings", 2)]
