"""What may happen between two rounds: back to an earlier point, or another catalogue."""

from rules import LogRules


class Turns:
    def __init__(self, episode):
        self._episode = episode
        self.likes_branches, self._likes_catalogues = episode.random.choice([(0.7, 0), (0, 0.7), (0.4, 0.7)])

    @property
    def _verdict(self):
        return self._episode.verdict

    def perhaps_begin_otherwise(self):
        """An installation whose catalogue was never the one that came with the program."""
        episode = self._episode
        if self._likes_catalogues and episode.random.random() < 0.5:
            self._change_catalogue(episode.random)
            episode.world.is_changed = True

    def turn(self):
        """Perhaps goes back to an earlier point, or starts with another catalogue; tells whether it can go on."""
        episode = self._episode
        if episode.world.is_changed:
            # Put back, or changed still further.
            return self._restart_with(episode.random if episode.random.random() < 0.5 else None)
        if self._verdict.backed_up > 20 and episode.random.random() < self.likes_branches:
            return self._branch()
        if episode.random.random() < self._likes_catalogues:
            return self._restart_with(episode.random)
        return True

    def _stop_nodes(self):
        episode = self._episode
        for node in episode.nodes:
            if not node.stop():
                episode.findings.add("a node stops when it is told to", f"{node.name} did not end.", node.last_words())

    def _restart_with(self, generator):
        """`generator`: chooses what changes in the catalogue; None puts it back as it was."""
        episode = self._episode
        episode.world.fault_begins()
        try:
            had_unreadable = self._verdict.has_unreadable()
            self._stop_nodes()
            # What the nodes wrote when they stopped still belongs to the old catalogue.
            if generator is None:
                episode.campaign.folder.restore()
            else:
                self._change_catalogue(generator)
            episode.world.is_changed = generator is not None
            if not episode.faults.start_nodes():
                return False
            if not episode.enter_epoch():
                return False
            if had_unreadable:
                # What could not be read was left out of the tables; now it can be.
                episode.workshop.run(episode.database, "projections", "rebuild")
            return True
        finally:
            episode.world.fault_ends()

    def _change_catalogue(self, generator):
        """Changes it so that it still makes sense by the program's own words."""
        episode = self._episode
        for _ in range(4):
            said = episode.campaign.folder.change(generator)
            if episode.workshop.run(episode.database, "events", "docs", "--json").is_success:
                episode.findings.tally("other catalogues")
                episode.findings.note(f"another catalogue: {'; '.join(said) or 'the same'}")
                return
            episode.campaign.folder.restore()

    def _branch(self):
        """Goes back to an earlier point and works on from there, beside the same backups."""
        episode = self._episode
        # Mostly not far, so that the new branch outgrows the old one.
        least = episode.random.choice([10, self._verdict.backed_up // 2, self._verdict.backed_up - 200])
        ends = [end for end in episode.history.command_ends() if max(10, least) <= end <= self._verdict.backed_up]
        if not ends:
            return True
        point = episode.random.choice(ends)
        self._verdict.landmarks.append(point)
        episode.findings.tally("branches")
        episode.findings.note(f"back to position {point} of {episode.history.head}, and on from there")
        restored = episode.rescue.restore(point)
        if restored is None:
            return True
        episode.world.fault_begins()
        try:
            self._stop_nodes()
            episode.workshop.postgres.drop_database(episode.database)
            self._move_to(restored, point)
            return episode.faults.start_nodes() and episode.enter_epoch() and self._verdict.read_log()
        finally:
            episode.world.fault_ends()

    def _move_to(self, database, point):
        episode = self._episode
        episode.database = episode.faults.database = database
        for node in episode.nodes:
            node.move_to(database)
        ended = episode.findings.seconds_of(episode.history.events[point - 1].recorded_at)
        episode.history = episode.history.cut(point)
        episode.rules = LogRules(episode.history, episode.findings, episode.campaign.journal, episode.foreign)
        episode.world.forget_after(point, ended, episode.history.types())
        episode.campaign.journal.keep(episode.world.keyed)
        self._verdict.backed_up = 0
        # What is left of the log was judged before; what the restore wrote belongs to the catalogue of now.
        episode.epochs = [(0, episode.epochs[-1][1])]
