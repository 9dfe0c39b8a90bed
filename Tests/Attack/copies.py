"""Other ways out and back in: exports, forks, audit exports. Each has to agree with our own fold."""

import json
import os
import shutil

from studio import judge_command


class CopyJudge:
    def __init__(self, episode):
        self._episode = episode
        self._findings = episode.findings
        self._folder = f"{episode.workshop.root}/copy"

    def judge(self):
        """One of them, while nobody writes."""
        self._episode.random.choice([self._judge_export, self._judge_fork, self._judge_audit])()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, *arguments, rule):
        result = self._episode.workshop.run(self._episode.database, *arguments, "--json")
        judge_command(result, self._findings, self._episode.world)
        if not result.is_success:
            refused = [str(row) for row in result.rows() if row.get("outcome") == "refused"]
            self._findings.add(rule, str(result), refused[:6])
            return None
        return result.rows()

    def _judge_export(self):
        """What is exported is what there is, and importing it changes nothing."""
        self._findings.tally("exports")
        if self._episode.foreign or self._run(
                "export", "json", self._folder, rule="everything can be exported") is None:
            return
        everyday = {entity_type.name for entity_type in self._episode.world.catalogue.everyday()}
        expected = {stream: state for stream, state in self._episode.history.states.items() if state.type in everyday}
        found = set()
        for folder, _, names in os.walk(self._folder):
            for name in names:
                with open(f"{folder}/{name}", encoding="utf-8") as file:
                    document = json.load(file)
                found.add(document["id"])
                state = expected.get(document["id"])
                if state is None or list(document["tags"]) != state.tags or document["archived"] != state.archived:
                    self._findings.add("an export is what there is", f"{document['id']} is not as the log has it.",
                                       [json.dumps(document)[:400]])
        if found != expected.keys():
            self._findings.add("an export is whole", f"{len(expected)} entities, {len(found)} files.")
        rows = self._run("import", self._folder, rule="what was exported can be imported")
        counts = next((row for row in rows or [] if "unchanged" in row), None)
        if counts and (counts["created"] or counts["changed"] or counts["refused"]):
            wrong = [str(row) for row in rows if row.get("outcome") not in (None, "unchanged")]
            self._findings.add("importing what was exported changes nothing", f"{counts}", wrong[:6])

    def _judge_fork(self):
        """A fork has the log up to its point, and shows what was there then."""
        self._findings.tally("forks")
        ends = self._episode.history.command_ends()
        if not ends:
            return
        point = self._episode.random.choice(ends)
        name = f"look-{self._episode.random.getrandbits(24):x}"
        if self._run("replay", "fork", str(point), "--name", name, rule="a fork can be made") is None:
            return
        self._episode.rescue.compare(
            self._episode.database, self._episode.history, point, self._episode.verdict.left_out(), f"fork of {point}",
            "--fork", name)
        self._run("replay", "drop-fork", name, "--yes", rule="a fork can be dropped")

    def _judge_audit(self):
        """An audit export is believed by its own check, and not once it was changed."""
        self._findings.tally("audit exports")
        os.makedirs(self._folder)
        path = f"{self._folder}/audit.{self._episode.random.choice(['csv', 'jsonl'])}"
        if self._run("audit", "export", path, rule="the audit trail can be exported") is None:
            return
        self._run("audit", "verify-export", path, rule="an audit export is believed")
        with open(path, "r+b") as file:
            content = file.read()
            at = content.find(b'"actor"' if path.endswith("jsonl") else b"admin", len(content) // 2)
            if at < 0:
                return
            file.seek(at + 1)
            file.write(b"X")
        changed = self._episode.workshop.run(self._episode.database, "audit", "verify-export", path, "--json")
        if changed.is_success:
            self._findings.add("a changed audit export is not believed", str(changed))

