"""Holds what the nodes show against our own fold of the log."""

import journal
from history import differences
from values import PLAIN_TAGS, WORDS

PAGE = 200
SAMPLE = 12


class PresentJudge:
    """Asks a node for everything that there is. To be used while nobody writes."""

    def __init__(self, world, findings, client, random):
        self._world = world
        self._findings = findings
        self._client = client
        self._random = random

    def judge(self, node, shown, history, where="a node", foreign=frozenset()):
        """`foreign`: streams with events that do not belong there; what becomes of them is another rule's business."""
        catalogue = self._world.catalogue
        expected = {stream: state for stream, state in history.states.items()
                    if state.type in catalogue.types and stream not in foreign}
        self._findings.check(len(expected))
        for stream, state in expected.items():
            document = shown.get(stream)
            if document is None:
                self._tell(node, "every entity of the log is shown", f"The {state.type} {stream} is missing.", state,
                           where)
                continue
            wrong = differences(state.document(), document)
            if wrong:
                self._tell(node, "an entity is shown as the log has it",
                           f"The {state.type} {stream} differs in {', '.join(wrong)}: shown is "
                           f"{journal.shorten(str({name: document.get(name) for name in wrong}))}, the log has "
                           f"{journal.shorten(str({name: state.document().get(name) for name in wrong}))}.", state,
                           f"{where}: {' '.join(wrong)}")
        for stream in shown.keys() - history.states.keys():
            self._findings.add("only what the log has is shown", f"{node.name} shows {stream}, which has no event.",
                               [journal.shorten(str(shown[stream]))], where)

    def _tell(self, node, rule, sentence, state, kind):
        self._findings.add(rule, f"{node.name}: {sentence}", self._client.journal.about(state.id)[-5:], kind)

    def everything(self, node):
        """Every document by its id; None where the node does not tell."""
        shown = {}
        lists = ["entities.list"] + [
            f"{entity_type.collection}.list" for entity_type in self._world.catalogue.types.values()
            if entity_type.is_system or entity_type.name == "tag"]
        for name in lists:
            cursor = None
            while True:
                query = {"archived": "any", "limit": PAGE}
                if cursor:
                    query["cursor"] = cursor
                exchange = self._client.call(node, name, query=query)
                if exchange.status != 200:
                    return None
                shown.update((document["id"], document) for document in exchange.answer["items"])
                cursor = exchange.answer["next_cursor"]
                if not cursor:
                    break
        return shown

    # MARK: samples

    def judge_samples(self, node, history, foreign=frozenset()):
        """Single entities, versions and the past, as a node tells of them, and what it counts."""
        streams = [stream for stream, state in history.states.items()
                   if state.type in self._world.catalogue.types and stream not in foreign]
        for stream in self._random.sample(streams, min(SAMPLE, len(streams))):
            collection = self._world.catalogue.types[history.states[stream].type].collection
            count = len(history.streams[stream])
            version = self._random.randint(1, count)
            position = self._random.randint(history.streams[stream][0].position, history.head)
            self._compare(node, f"{collection}.get", {"id": stream}, {}, history.states[stream])
            self._compare(node, f"{collection}.version", {"id": stream, "version": version}, {},
                          history.state(stream, version=version))
            self._compare(node, f"{collection}.get", {"id": stream}, {"as_of": position},
                          history.state(stream, position=position))
        self._judge_counts(node, history, foreign)

    def _compare(self, node, operation, names, query, state):
        exchange = self._client.call(node, operation, names, query)
        if exchange.status == 200:
            wrong = differences(state.document(), exchange.answer)
            what = "past" if query else operation.split(".")[-1]
            if wrong:
                self._findings.add(
                    "the past is shown as it was" if query else "an entity is shown as the log has it",
                    f"They differ in {', '.join(wrong)}.",
                    [exchange, f"by the log: {journal.shorten(str(state.document()))}"], f"{what}: {' '.join(wrong)}")
        elif exchange.outcome == journal.ANSWERED and exchange.status < 500:
            self._findings.add("what exists is found", f"{operation} answered {exchange.status}.", [exchange],
                               f"quiet {operation.split('.')[-1]}")

    def _judge_counts(self, node, history, foreign):
        # Tags are listed by themselves.
        everyday = {entity_type.name for entity_type in self._world.catalogue.everyday()} - {"tag"}
        states = [state for state in history.states.values() if state.type in everyday]
        if foreign:
            return
        worn = {}
        for state in states:
            if not state.archived:
                for tag in state.tags:
                    worn[tag] = worn.get(tag, 0) + 1
        exchange = self._client.call(node, "tags.cloud", query={"limit": 500})
        if exchange.status == 200 and len(worn) < 500:
            shown = {item["tag"]: item["count"] for item in exchange.answer["items"]}
            if shown != worn:
                wrong = {tag: (worn.get(tag), shown.get(tag)) for tag in worn.keys() | shown.keys()
                         if worn.get(tag) != shown.get(tag)}
                self._findings.add("the tag cloud counts what is worn", f"Expected and shown: {wrong}.", [exchange])
        exchange = self._client.call(node, "entities.counts")
        if exchange.status == 200:
            expected = {}
            for state in states:
                kind = (state.type, bool(state.archived), bool(state.favorite))
                expected[kind] = expected.get(kind, 0) + 1
            shown = {(item["type"], item["archived"], item["favorite"]): item["count"]
                     for item in exchange.answer["items"]}
            if shown != expected:
                self._findings.add(
                    "the counts are those of the states", f"Expected {expected}, shown {shown}.", [exchange])
        tag = self._random.choice(PLAIN_TAGS)
        self._count(node, {"tags": tag, "archived": "any"}, sum(tag in state.tags for state in states))
        self._count(node, {"favorite": "true", "archived": "any"}, sum(state.favorite for state in states))
        word = self._random.choice(WORDS)
        named = sum(word in str(state.data.get(self._world.catalogue.types[state.type].name_field, "")).split()
                    for state in states if not state.archived)
        self._count(node, {"q": word}, named, is_least=True)
        self._count(node, {"archived": "true"}, sum(state.archived for state in states))

    def _count(self, node, query, expected, is_least=False):
        exchange = self._client.call(node, "entities.list", query={**query, "limit": 1})
        total = exchange.answer["total"] if exchange.status == 200 else expected
        if total < expected or total > expected and not is_least:
            self._findings.add("a list counts what there is",
                               f"{query} has {expected} by the log, {total} are shown.", [exchange],
                               " ".join(query))
