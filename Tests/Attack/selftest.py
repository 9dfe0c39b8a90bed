"""Every rule of the attack can fail: each is shown a small story in which it is broken, and one in which it is not.

`python3 Tests/Attack/selftest.py`
"""

import copy
import io
import os
import random
import re
import sys
import types
import unittest

sys.dont_write_bytecode = True

from answers import AnswerJudge
from catalogue import Catalogue, derived_id
from findings import Findings
from history import Event, History, merge, same
from journal import ANSWERED, Change, Exchange, Journal
from ledger import Ledger
from present import PresentJudge
from rules import LogRules
from schema import faults
from values import matching
from world import World

EVENTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../events")
CATALOGUE = Catalogue(EVENTS)
ADA, STORY, TAG = (f"01a20000-0000-7000-8000-00000000000{n}" for n in (1, 2, 3))


def event(position, stream, version, event_type, data=None, request=None, key=None, at=None, command=None):
    category = event_type.rpartition(".")[0]
    meta = {"actor": "admin", "command": command or f"c-{request or position}", "correlation": "c"}
    if request:
        meta["request_id"] = f"attack-{request}"
    if key:
        meta["idempotency_key"] = key
    return Event({
        "position": position, "stream": stream, "category": category, "version": version, "type": event_type,
        "data": {} if data is None else data, "meta": meta, "recorded_at": at or f"2026-01-01T00:00:{position:02}.000000Z",
        "hash": f"{position:064x}"})


def created(position=1, stream=ADA, **more):
    return event(position, stream, 1, "character.created", {"name": "Ada"}, **more)


class Case(unittest.TestCase):
    def setUp(self):
        self.out = io.StringIO()
        self.findings = Findings(1, self.out)
        self.journal = Journal()
        self.history = History()
        self.history.declare(CATALOGUE)

    def read(self, *events):
        rules = LogRules(self.history, self.findings, self.journal)
        for one in events:
            rules.judge(one, CATALOGUE)
            self.history.add(one)
        return rules

    def expect(self, *rules):
        self.assertEqual({rule for rule, _ in self.findings.counts}, set(rules), self.out.getvalue())


class LogRulesCase(Case):
    def test_a_sound_log_breaks_no_rule(self):
        self.read(
            created(), event(2, ADA, 2, "character.updated", {"age": 7}), event(3, ADA, 3, "character.archived"),
            event(4, ADA, 4, "character.unarchived"), event(5, STORY, 1, "story.created", {"title": "x", "characters": [ADA]}))
        self.expect()

    def test_a_foreign_event_is_found(self):
        rules = self.read(created(), event(2, ADA, 2, "story.favorited"), event(3, ADA, 3, "character.favorited"))
        self.expect("an event's category is that of its stream")
        self.assertEqual(rules.foreign, {ADA})

    def test_gaps_are_found(self):
        self.read(created(), event(3, ADA, 2, "character.favorited"), )
        self.read(event(3, ADA, 4, "character.unfavorited"))
        self.expect("positions have no gap", "versions of a stream have no gap")

    def test_times_that_go_back_or_ahead_are_found(self):
        self.read(created(at="2026-01-02T00:00:00.000000Z"),
                  event(2, ADA, 2, "character.favorited", at="2026-01-01T00:00:00.000000Z"),
                  event(3, ADA, 3, "character.unfavorited", at="9026-01-01T00:00:00.000000Z"))
        self.expect("times never decrease", "no event comes from the future")

    def test_undeclared_and_retired_verbs_are_found(self):
        self.read(created(), event(2, ADA, 2, "character.exploded"))
        self.expect("only declared events are written")
        catalogue = copy.deepcopy(CATALOGUE)
        del catalogue.types["operation"].verbs["completed"]
        rules = LogRules(self.history, self.findings, self.journal)
        rules.judge(event(3, TAG, 1, "operation.completed"), catalogue)
        self.assertEqual(self.findings.counts[("only declared events are written", "")], 2)

    def test_a_second_beginning_and_a_missing_one_are_found(self):
        self.read(created(), event(2, ADA, 2, "character.created", {"name": "Eve"}), event(3, STORY, 1, "story.favorited"))
        self.expect("a stream begins once, by what creates it", "a stream begins once, by what creates it")

    def test_a_change_of_what_is_archived_is_found(self):
        self.read(created(), event(2, ADA, 2, "character.archived"), event(3, ADA, 3, "character.favorited"))
        self.expect("what is archived is not changed")

    def test_an_event_that_changes_nothing_is_found(self):
        self.read(created(), event(2, ADA, 2, "character.updated", {"name": "Ada"}))
        self.expect("an event changes something")

    def test_data_that_do_not_fit_are_found(self):
        self.read(created(), event(2, ADA, 2, "character.updated", {"age": -1}))
        self.expect("what is written fits its type")

    def test_references_to_nothing_or_to_another_type_are_found(self):
        self.read(created(), event(2, STORY, 1, "story.created", {"title": "x", "theme": ADA, "cover_image": TAG}))
        self.assertEqual(self.findings.counts[("what is referred to exists and belongs there", "")], 2)

    def test_another_name_for_what_is_found_by_its_name_is_found(self):
        self.read(event(1, TAG, 1, "tag.created", {"name": "sea"}), event(2, TAG, 2, "tag.updated", {"name": "Sea!"}))
        self.expect()
        self.read(event(3, TAG, 3, "tag.updated", {"name": "lake"}))
        self.expect("a name that an id is made of is fixed")


class LedgerCase(Case):
    def ask(self, status, document, verb="patch", key=None, body=b"{}", target="/api/v2/characters/x", wish=None, at=None):
        exchange = self.journal.begin(
            node="north", operation="characters.update", method="PATCH", target=target,
            headers={"Idempotency-Key": key} if key else {}, body=body,
            changes=[Change(verb, "character", ADA, wish or {}, status=status, document=document)])
        exchange.status, exchange.answer, exchange.outcome = status, document, ANSWERED
        exchange.started = at or float(exchange.number)
        exchange.ended = exchange.started + 0.5
        self.journal.end(exchange)
        return exchange

    def judge(self, *events):
        self.read(*events)
        Ledger(self.history, self.findings, self.journal).judge(0)

    def document(self, *events):
        history = History()
        for one in events:
            history.add(one)
        return copy.deepcopy(history.states[ADA].document())

    def test_kept_promises_are_no_findings(self):
        renamed = event(2, ADA, 2, "character.updated", {"name": "Eve"}, request=1, key="k")
        document = self.document(created(), renamed)
        self.ask(200, document, key="k", wish={"patch": {"name": "Eve"}})
        self.ask(200, document, key="k", wish={"patch": {"name": "Eve"}})
        self.judge(created(), renamed)
        self.expect()

    def test_a_promise_that_is_not_in_the_log_is_found(self):
        self.ask(200, {**self.document(created()), "version": 2})
        self.judge(created())
        self.expect("what is acknowledged is in the log")

    def test_an_answer_that_differs_from_the_log_is_found(self):
        self.ask(200, {**self.document(created()), "favorite": True})
        self.judge(created())
        self.expect("an answer shows the entity as the log has it")

    def test_a_change_that_was_acknowledged_but_not_made_is_found(self):
        self.ask(200, self.document(created()), "favorite")
        self.ask(200, self.document(created()), wish={"patch": {"name": "Eve"}})
        self.judge(created())
        self.expect("an acknowledged change was made", "an acknowledged change was made")

    def test_a_refused_change_that_happened_is_found(self):
        self.ask(503, {"code": "handler_timeout"})
        self.judge(created(), event(2, ADA, 2, "character.favorited", request=1))
        self.expect("what was refused did not happen")

    def test_an_unknown_outcome_is_no_denial(self):
        self.ask(503, {"code": "outcome_unknown"})
        self.judge(created(), event(2, ADA, 2, "character.favorited", request=1))
        self.expect()

    def test_a_key_for_two_requests_is_found(self):
        for body in (b"{}", b"{ }"):
            self.ask(200, self.document(created()), key="k", body=body)
        self.judge(created())
        self.expect("a key stands for one request")

    def test_a_repetition_with_another_answer_is_found(self):
        renamed = event(2, ADA, 2, "character.updated", {"name": "Eve"})
        self.ask(200, self.document(created()), key="k")
        self.ask(200, self.document(created(), renamed), key="k")
        self.judge(created(), renamed)
        self.expect("a repetition gets the first answer")

    def test_a_refused_repetition_is_found(self):
        self.ask(200, self.document(created()), key="k")
        self.ask(412, {"code": "version_conflict"}, key="k")
        self.judge(created())
        self.expect("a repetition gets the first answer")

    def test_a_keyed_command_that_was_carried_out_twice_is_found(self):
        self.ask(None, None, key="k")
        self.judge(created(), event(2, ADA, 2, "character.favorited", key="k"),
                   event(3, ADA, 3, "character.unfavorited", key="k"))
        self.expect("what has a key is carried out once")


class AnswerCase(Case):
    def setUp(self):
        super().setUp()
        self.world = World()
        self.world.description.operations["characters.update"] = types.SimpleNamespace(
            statuses={200, 404, 503}, has_default=False)
        self.world.description.codes = {(404, "not_found"), (503, "overloaded"), (503, "database_unavailable")}
        self.node = types.SimpleNamespace(last_words=lambda *_: [], cause=lambda _: None)

    def answer(self, status, document, headers=None, **change):
        exchange = Exchange(
            1, "north", "characters.update", "PATCH", "/x", {}, None, outcome=ANSWERED, status=status, answer=document,
            answer_headers=headers or {},
            changes=[Change("favorite", "character", ADA, status=status, document=document, **change)])
        AnswerJudge(self.world, self.findings, []).judge(exchange, self.node, __import__("time").monotonic())

    def test_honest_answers_are_no_findings(self):
        self.answer(200, {"id": ADA, "type": "character"})
        self.answer(404, {"code": "not_found"})
        self.answer(503, {"code": "overloaded"}, {"Retry-After": "1"})
        self.expect()

    def test_a_false_404_is_found(self):
        self.answer(404, {"code": "not_found"}, is_honest=True)
        self.expect("what exists is found")

    def test_an_internal_error_is_found(self):
        self.answer(500, {"code": "internal_error"})
        self.expect("no answer is an internal error")

    def test_what_cannot_be_retried_or_is_not_described_is_found(self):
        self.answer(503, {"code": "overloaded"})
        self.answer(503, {"code": "tired"})
        self.answer(418, {"code": "teapot"})
        self.expect("503 and 507 say when to try again", "a problem has a code that is described",
                    "an answer has a status that is described", "a problem has a code that is described")

    def test_a_database_that_is_away_without_a_fault_is_found(self):
        self.answer(503, {"code": "database_unavailable"}, {"Retry-After": "2"})
        self.expect("everything is available while nothing is broken")

    def test_an_answer_about_something_else_is_found(self):
        self.answer(200, {"id": STORY, "type": "story"})
        self.expect("an answer is about the type that was asked for", "an answer is about the entity that was asked for")


class PresentCase(Case):
    def test_what_is_missing_surplus_or_different_is_found(self):
        self.read(created(), created(2, STORY))
        world = World()
        world.catalogue = CATALOGUE
        judge = PresentJudge(world, self.findings, types.SimpleNamespace(journal=self.journal), random.Random(1))
        shown = copy.deepcopy({stream: state.document() for stream, state in self.history.states.items()})
        node = types.SimpleNamespace(name="north")
        judge.judge(node, shown, self.history)
        self.expect()
        shown[TAG] = shown.pop(STORY)
        shown[ADA]["favorite"] = True
        judge.judge(node, shown, self.history)
        self.expect("every entity of the log is shown", "only what the log has is shown",
                    "an entity is shown as the log has it")


class ReadingCase(unittest.TestCase):
    def test_values_are_compared_by_meaning(self):
        self.assertTrue(same({"a": [1, 2.0]}, {"a": [1.0, 2]}))
        for left, right in [(True, 1), (0, False), ({"a": 1}, {}), ([1], [1, 1]), ("1", 1), (None, 0)]:
            self.assertFalse(same(left, right))

    def test_patches_merge(self):
        self.assertEqual(merge({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": None}, "d": None}), {"a": {"c": 2}})

    def test_an_earlier_state_is_not_changed_by_later_events(self):
        history = History()
        for one in (created(), event(2, ADA, 2, "character.tagged", {"tags": ["sea"]}),
                    event(3, ADA, 3, "character.restored", {"tags": ["wool"]}),
                    event(4, ADA, 4, "character.tagged", {"tags": ["sea"]})):
            history.add(one)
        self.assertEqual(history.states[ADA].tags, ["wool", "sea"])
        self.assertEqual([history.state(ADA, version=n).tags for n in (1, 2, 3)], [[], ["sea"], ["wool"]])
        self.assertEqual(history.cut(2).states[ADA].tags, ["sea"])
        self.assertEqual(history.command_ends(), [1, 2, 3, 4])

    def test_names_lead_to_the_ids_that_the_server_derives(self):
        self.assertEqual(derived_id("tag", " NULL "), "ce2b6e89-a2da-8f1e-ac25-29767228e828")

    def test_schemas_are_checked(self):
        schema = {"type": "object", "required": ["a"], "additionalProperties": False, "properties": {
            "a": {"type": "integer", "maximum": 3}, "b": {"type": "array", "uniqueItems": True, "items": {"enum": ["x"]}}}}
        self.assertEqual(faults({"a": 3, "b": ["x"]}, schema), [])
        for wrong in [{}, {"a": 4}, {"a": True}, {"a": 1, "b": ["y"]}, {"a": 1, "b": ["x", "x"]}, {"a": 1, "c": 1}, []]:
            self.assertTrue(faults(wrong, schema), wrong)

    def test_texts_match_their_patterns(self):
        for pattern in ["^#[0-9a-f]{6}$", "^[a-z]{2,3}(-[A-Z]{2})?$", "^(now|-[0-9]{1,3}[smh])$"]:
            for seed in range(20):
                self.assertRegex(matching(pattern, random.Random(seed)), re.compile(pattern))


if __name__ == "__main__":
    unittest.main(verbosity=0)
