package io.streamkeeper.storage.shard;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.journal.Journal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The queue of steps and replies that wait for the journal, in the order of the log: each staged record with the step
 * that publishes or undoes it, and each reply that depends on staged state and is sent only when that state is durable
 * (I1). Owned by the shard's loop. Bounded, because the journal bounds the records that it accepts.
 */
final class CommitQueue {
    /** A step that waits until its record is durable, refused or lost. */
    private record Pending(long lsn, long needs, Step step, Outcome outcome, Reply reply) {}

    /** Changes the state when a record has become durable, or was refused or lost. */
    interface Step {
        /** Changes nothing: only the reply waits. */
        Step NONE = new Step() {
            @Override
            public void publish() {}

            @Override
            public void undo() {}
        };

        /** The record is durable: readers may see it. */
        void publish();

        /** The record was refused or lost: restores the state before it. */
        void undo();

        /**
         * Decides the command of the record again, without the records that were refused with it, after all of them are
         * undone. Only for commands that release space, which may succeed alone.
         *
         * @param refusal the reply if this returns false
         * @return whether this answers the command
         */
        default boolean again(Refusal refusal) {
            return false;
        }
    }

    private final Journal journal;
    private final Deque<Pending> waiting = new ArrayDeque<>();
    private @Nullable StorageFailedException failure;

    /** Everything up to this lsn is durable, though perhaps not published. */
    private long durableLsn;

    private Executor pieces = Runnable::run;
    private int pieceSteps = Integer.MAX_VALUE;

    /** Whether the next piece was passed to {@link #pieces}. */
    private boolean publishes;

    CommitQueue(Journal journal) {
        this.journal = journal;
    }

    /**
     * Publishes and answers as soon as everything up to {@code lsn} is durable, which may be at once. The queue is in
     * the order of the log, so a refused batch is always at its end.
     *
     * <p>After a failure each command is refused: the staged state has changes that no reader will see before a
     * restart, whether or not their records have become durable since.
     */
    void add(long lsn, Step step, Outcome outcome, Reply reply) {
        if (failure != null) {
            reply.complete(refusal(failure));
        } else if (waiting.isEmpty() && lsn <= journal.durableLsn()) {
            step.publish();
            reply.complete(outcome);
        } else {
            long last = waiting.isEmpty() ? lsn : waiting.peekLast().lsn();
            waiting.add(new Pending(Math.max(lsn, last), lsn, step, outcome, reply));
        }
    }

    /**
     * From now on records that become durable together are published in pieces of {@code steps}, each in a task of
     * {@code executor}.
     */
    void publishIn(Executor executor, int steps) {
        pieces = executor;
        pieceSteps = steps;
    }

    /** Everything up to {@code lsn} is durable. */
    void durable(long lsn) {
        durableLsn = lsn;
        if (!publishes) {
            publish(pieceSteps);
        }
    }

    /**
     * Publishes and answers all durable steps in order; after {@code stepsMax} steps it leaves the rest to the next
     * piece.
     */
    private void publish(int stepsMax) {
        for (int steps = 0; steps < stepsMax && isNextDurable(); steps++) {
            // A step that fails to publish stays in the queue; its reply is then that the shard has failed.
            Pending next = waiting.element();
            next.step().publish();
            waiting.remove();
            next.reply().complete(next.outcome());
        }
        if (isNextDurable()) {
            publishes = true;
            pieces.execute(() -> {
                publishes = false;
                publish(pieceSteps);
            });
        }
    }

    private boolean isNextDurable() {
        return !waiting.isEmpty() && waiting.element().lsn() <= durableLsn;
    }

    /** The shard is closed: publishes and answers all durable steps at once. */
    void close() {
        publish(Integer.MAX_VALUE);
    }

    /**
     * Nothing from {@code firstLsn} on was kept. All of it is undone, last first, before the first reply is sent,
     * because a reply may cause the next command at once. Commands that release space are then decided again in a
     * separate batch, which a full disk accepts without the rest. A reply that only waited for its turn, and depends on
     * nothing that was undone, waits for the records that it depends on.
     */
    void refused(long firstLsn, Refusal refusal) {
        Deque<Pending> undone = undo(firstLsn);
        undone.removeIf(pending -> pending.needs() >= firstLsn && pending.step().again(refusal));
        journal.endBatch();
        answer(undone, firstLsn, refusal);
    }

    /**
     * It is not known whether anything from {@code firstLsn} on was kept. It is undone like a refused batch, so that
     * the next command is decided against durable state; but nothing is decided again, because it may be in the log
     * already.
     */
    void lost(long firstLsn, Refusal refusal) {
        answer(undo(firstLsn), firstLsn, refusal);
    }

    /** Undoes everything from {@code firstLsn} on, last first; returns it in the order of the log. */
    private Deque<Pending> undo(long firstLsn) {
        Deque<Pending> undone = new ArrayDeque<>();
        try {
            while (!waiting.isEmpty() && waiting.peekLast().lsn() >= firstLsn) {
                Pending last = waiting.removeLast();
                undone.addFirst(last);
                last.step().undo();
            }
        } catch (RuntimeException | Error e) {
            waiting.addAll(undone);
            throw e;
        }
        return undone;
    }

    private void answer(Deque<Pending> undone, long firstLsn, Refusal refusal) {
        for (Pending pending : undone) {
            if (pending.needs() < firstLsn) {
                add(pending.needs(), Step.NONE, pending.outcome(), pending.reply());
            } else {
                pending.reply().complete(refusal);
            }
        }
    }

    /**
     * Nothing more becomes durable. All waiting commands are answered with the failure, which leaves open whether they
     * took effect; nothing is undone, because a part of it may be on the disk (I9).
     */
    void failed(StorageFailedException reason) {
        failure = reason;
        while (!waiting.isEmpty()) {
            waiting.remove().reply().complete(refusal(reason));
        }
    }

    /** Whether a reply waits in this queue, which then completes it. */
    boolean holds(Reply reply) {
        return waiting.stream().anyMatch(pending -> pending.reply().equals(reply));
    }

    static Refusal refusal(StorageFailedException reason) {
        return Refusal.of(ErrorCode.STORAGE_FAILED, String.valueOf(reason.getMessage()));
    }
}
