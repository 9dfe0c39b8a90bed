"""What is judged after each round, while nobody writes."""

from copies import CopyJudge
from ledger import Ledger
from rescue import read_events
from rollbacks import RollbackJudge


class Verdict:
    def __init__(self, episode):
        self._episode = episode
        # The number of the last request that was held against the log.
        self.judged = 0
        # Where the newest backup of this branch ends.
        self.backed_up = 0
        # Positions at which something was special: ends of backups, beginnings of branches.
        self.landmarks = []

    def judge(self):
        """Holds everything that was answered and is shown against the log; tells whether the log could be read."""
        episode = self._episode
        if not self.read_log():
            return False
        Ledger(episode.history, episode.findings, episode.campaign.journal, episode.foreign).judge(self.judged + 1)
        self.judged = episode.campaign.journal.count
        self._judge_present()
        is_whole = not self.has_unreadable()
        episode.rescue.examine(episode.database)
        if is_whole and not episode.world.is_changed and episode.campaign.seconds_left > 4:
            self._judge_rescue()
        return True

    def read_log(self):
        episode = self._episode
        events = read_events(episode.client, episode.nodes[0], episode.history.head)
        if events is None:
            return False
        for event in events:
            catalogue = next(catalogue for head, catalogue in reversed(episode.epochs) if event.position > head or not head)
            episode.rules.judge(event, catalogue)
            episode.history.add(event)
            episode.world.correlations.append(event.meta["correlation"])
        episode.world.correlations = episode.world.correlations[-500:]
        episode.world.head = episode.history.head
        return True

    def _judge_present(self):
        """Both nodes show the same; what is written meanwhile, such as the end of an operation, is left out."""
        episode = self._episode
        for node in episode.random.sample(episode.nodes, k=2):
            head = episode.history.head
            shown = episode.present.everything(node)
            if shown is None or not self.read_log():
                return
            moved = {event.stream for event in episode.history.events[head:]}
            episode.present.judge(node, shown, episode.history, "a node", self.left_out() | moved)
        episode.present.judge_samples(episode.random.choice(episode.nodes), episode.history, self.left_out())

    def left_out(self):
        """Streams of which it is not said what a node shows: foreign events in them, or events it cannot read now."""
        return self._episode.foreign | {stream for stream in self._unreadable_streams()}

    def _unreadable_streams(self):
        episode = self._episode
        if not episode.world.is_changed:
            return set()
        types = episode.world.catalogue.types
        return {event.stream for event in episode.history.events
                if event.category not in types or types[event.category].is_system
                and event.verb not in types[event.category].effects}

    def has_unreadable(self):
        return bool(self._unreadable_streams())

    def _judge_rescue(self):
        episode = self._episode
        if episode.random.random() < 0.35:
            RollbackJudge(episode).judge()
        if episode.random.random() < 0.4:
            CopyJudge(episode).judge()
            if not self.read_log():
                return
        if episode.random.random() < 0.6 or episode.turns.likes_branches:
            position = episode.rescue.back_up(episode.database)
            if position is None or not self.read_log():
                return
            self.backed_up = position
            self.landmarks.append(position)
            if episode.campaign.seconds_left > 3:
                self._judge_copies()

    def _judge_copies(self):
        episode = self._episode
        ends = [end for end in episode.history.command_ends() if end <= self.backed_up]
        points = [None] if episode.random.random() < 0.4 else []
        points += [self._point(ends)] if ends else []
        for point in points:
            database = episode.rescue.restore(point)
            if database:
                reached = self.backed_up if point is None else point
                what = "everything from a backup" if point is None else f"point {point} from a backup"
                episode.rescue.compare(database, episode.history, reached, self.left_out(), what)
                episode.workshop.postgres.drop_database(database)

    def _point(self, ends):
        """A position to go back to: any, or one near where a backup ends or another branch begins."""
        episode = self._episode
        if self.landmarks and episode.random.random() < 0.6:
            landmark = episode.random.choice(self.landmarks) + episode.random.randint(-30, 30)
            return min(ends, key=lambda end: abs(end - landmark))
        return episode.random.choice(ends)
