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
 * What waits for the journal, in the order of the log: staged records with what is to be published or undone, and answers
 * that speak of staged state and so may leave only when that is durable (I1). Owned by the shard's loop. Bounded by the
 * journal's own bound on what it takes.
 */
final class CommitQueue {
    /** A step of the log whose fate is open. */
    private record Pending(long lsn, long needs, Step step, Outcome outcome, Reply reply) {}

    /** What becomes of the state with a record's fate. */
    interface Step {
        /** Nothing was changed: only the answer waits. */
        Step NONE = new Step() {
            @Override
            public void publish() {}

            @Override
            public void undo() {}
        };

        /** The record is durable: readers may see it. */
        void publish();

        /** The record was refused or lost: as if it had never been. */
        void undo();

        /**
         * Decides once more, without what was refused with it, what the record was for; after all is undone. Only for what
         * makes room, which may be possible by itself.
         *
         * @param refusal what its reply is answered otherwise
         * @return whether the reply is taken care of
         */
        default boolean again(Refusal refusal) {
            return false;
        }
    }

    private final Journal journal;
    private final Deque<Pending> waiting = new ArrayDeque<>();
    private @Nullable StorageFailedException failure;

    /** Up to where all is durable, if perhaps not published. */
    private long durableLsn;

    private Executor pieces = Runnable::run;
    private int pieceSteps = Integer.MAX_VALUE;

    /** The next piece is given to {@link #pieces}. */
    private boolean publishes;

    CommitQueue(Journal journal) {
        this.journal = journal;
    }

    /**
     * Publishes and answers at once if everything up to {@code lsn} is durable, else when it is. What waits is kept in the
     * order of the log, so that a refused batch is always the end of the queue.
     *
     * <p>After a failure there is no answer to any command: staged state has what no reader will see before a restart, whether
     * or not its record has become durable since.
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

    /** Has what becomes durable together published {@code steps} at a time, each in a task of {@code executor}. */
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

    /** Publishes and answers what is durable, in order; what is too much for one piece, in others. */
    private void publish(int stepsMax) {
        for (int steps = 0; steps < stepsMax && isNextDurable(); steps++) {
            // What fails to be published waits on, for the answer that the shard has failed.
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

    /** The shard ends: publishes and answers at once what is durable. */
    void close() {
        publish(Integer.MAX_VALUE);
    }

    /**
     * Nothing from {@code firstLsn} on was kept. All of it is undone, last first, before the first of its answers leaves,
     * because an answer may bring the next command with it. What makes room is then decided again, in a batch of its own: a
     * full disk takes it where it does not take the rest. An answer that only waited in line, and speaks of nothing that was
     * undone, waits on for what it speaks of.
     */
    void refused(long firstLsn, Refusal refusal) {
        Deque<Pending> undone = undo(firstLsn);
        undone.removeIf(pending -> pending.needs() >= firstLsn && pending.step().again(refusal));
        journal.endBatch();
        answer(undone, firstLsn, refusal);
    }

    /**
     * Whether anything from {@code firstLsn} on was kept is not known. It is undone as what is refused, so that what the next
     * command meets is durable; but nothing is decided again, because it may be there already.
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
     * Nothing more becomes durable. What waits is answered that its fate is not known; nothing is undone, because a part of
     * it may be on the disk all the same (I9).
     */
    void failed(StorageFailedException reason) {
        failure = reason;
        while (!waiting.isEmpty()) {
            waiting.remove().reply().complete(refusal(reason));
        }
    }

    /** Whether a reply waits here, and is answered with what it waits for. */
    boolean holds(Reply reply) {
        return waiting.stream().anyMatch(pending -> pending.reply().equals(reply));
    }

    static Refusal refusal(StorageFailedException reason) {
        return Refusal.of(ErrorCode.STORAGE_FAILED, String.valueOf(reason.getMessage()));
    }
}
