package io.streamkeeper.server.shard.change;

import io.streamkeeper.protocol.StreamChange;
import io.streamkeeper.server.shard.Shard;
import io.streamkeeper.storage.shard.ChangeHistory;
import java.util.ArrayList;
import java.util.List;

/**
 * The subscriptions to the changes of one shard. Owned by the shard's loop.
 *
 * <p>A subscription reads the {@link ChangeHistory} from its place on, and waits in the group of its prefix when it has
 * everything. A change costs its shard one pass over the path, and wakes the subscriptions that wait and that it concerns,
 * some in each piece of work. A subscription that was woken costs nothing until its reader asks for more: it is not woken
 * again, and what it has not read is only in the history, which may forget it.
 */
final class ShardChanges implements ChangeHistory.Listener {
    /** Changes that one piece of work looks at. */
    private static final int PIECE_CHANGES = 1_000;

    /** Subscriptions that one piece of work wakes. */
    private static final int PIECE_SUBSCRIPTIONS = 64;

    /** The most changes of one answer. */
    private static final int ANSWER_CHANGES_MAX = 256;

    /** About the most characters of paths of one answer. */
    private static final int ANSWER_CHARACTERS_MAX = 32 << 10;

    private final Shard shard;
    private final ChangeHistory history;
    private final FollowerGroups groups = new FollowerGroups();

    private ShardChanges(Shard shard, ChangeHistory history) {
        this.shard = shard;
        this.history = history;
    }

    /** Those of a shard, created with the first of them; on its loop. */
    static ShardChanges of(Shard shard) {
        ChangeHistory history = shard.store().changes();
        if (history.listener() instanceof ShardChanges changes) {
            return changes;
        }
        ShardChanges changes = new ShardChanges(shard, history);
        history.listen(changes);
        return changes;
    }

    long last() {
        return history.last();
    }

    /** The number of prefixes to which subscriptions wait. */
    int groupCount() {
        return groups.count();
    }

    // ---- reading ----

    /** Reads the next changes for a subscription, and answers it. */
    void read(ChangeSubscription subscription) {
        leave(subscription);
        read(subscription, new ArrayList<>(), 0);
    }

    private void read(ChangeSubscription subscription, List<StreamChange> found, int charactersBefore) {
        if (subscription.isCancelled()) {
            return;
        }
        if (subscription.read() < history.first() - 1 || subscription.read() > history.last()) {
            subscription.answerGone();
            return;
        }
        int characters = charactersBefore;
        long number = subscription.read();
        long end = Math.min(history.last(), number + PIECE_CHANGES);
        while (number < end && found.size() < ANSWER_CHANGES_MAX && characters < ANSWER_CHARACTERS_MAX) {
            number++;
            StreamChange change = history.change(number);
            if (change.path().startsWith(subscription.prefix())) {
                found.add(change);
                characters += change.path().length();
            }
        }
        subscription.readUpTo(number);
        if (number < history.last() && number == end) {
            int sum = characters;
            shard.turns().add(() -> shard.step(subscription::answerFailed, () -> read(subscription, found, sum)));
            return;
        }
        boolean hasAll = number == history.last();
        if (hasAll) {
            subscription.waitIn(groups.of(subscription.prefix()), number);
        }
        subscription.answer(found, hasAll);
    }

    /** A subscription does not wait any more; what it has not read begins after the changes that do not concern it. */
    void leave(ChangeSubscription subscription) {
        FollowerGroup group = subscription.group();
        if (group != null) {
            subscription.readUpTo(group.nothingUpTo(subscription, history.last()));
            subscription.leaveGroup();
            forgetIfEmpty(group);
        }
    }

    private void forgetIfEmpty(FollowerGroup group) {
        if (group.isEmpty() && !group.isWaking()) {
            groups.remove(group);
        }
    }

    // ---- waking ----

    @Override
    public void added(StreamChange change, long number) {
        groups.forEachOf(change.path(), group -> {
            if (group.matches(number)) {
                shard.runLater(() -> wake(group));
            }
        });
    }

    private void wake(FollowerGroup group) {
        for (int woken = 0; woken < PIECE_SUBSCRIPTIONS; woken++) {
            ChangeSubscription subscription = group.nextToWake();
            if (subscription == null) {
                forgetIfEmpty(group);
                return;
            }
            subscription.wake(group.nothingUpTo(subscription, history.last()));
        }
        shard.runLater(() -> wake(group));
    }
}
