package io.streamkeeper.storage;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.disk.StorageFullException;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.Payload;

/**
 * A journal whose records become durable, or are refused or lost, when the test says so. Payloads lie where the journal
 * that it wraps puts them. Belongs to the thread of its test, on which the listener is called.
 *
 * <p>Its faults: a record that is not synced yet; a batch that is refused before it was synced, with all that was
 * staged after it; an epoch that ends before its records are durable; a journal that has no room at all. What was
 * refused or lost stays in the blocks as bytes that nobody refers to.
 */
public final class HeldJournal extends ForwardingJournal {
    private Listener listener = Listener.NONE;
    private long epoch = 1;
    private long lastLsn;
    private long durableLsn;
    private boolean full;

    public HeldJournal(Journal target) {
        super(target);
    }

    @Override
    public void listen(Listener newListener) {
        listener = newListener;
        target.listen(new Listener() {
            @Override
            public void durable(long lsn) {}

            @Override
            public void refused(long firstLsn, Refusal refusal) {}

            @Override
            public void lost(long firstLsn, Refusal refusal) {}

            @Override
            public void failed(StorageFailedException reason) {
                newListener.failed(reason);
            }
        });
    }

    @Override
    public void whenSynced(long lsn, Synced then) {
        if (lsn > durableLsn) {
            throw new IllegalArgumentException(
                    "the sync of record " + lsn + " is waited for, but only " + durableLsn + " is durable");
        }
        super.whenSynced(lsn, then);
    }

    @Override
    public Staged stage(LogRecord record, Payload payload) {
        if (full) {
            throw new StorageFullException("the test's disk is full");
        }
        Staged staged = target.stage(record, payload);
        lastLsn++;
        return new Staged(epoch, lastLsn, staged.block(), staged.position());
    }

    @Override
    public long epoch() {
        return epoch;
    }

    @Override
    public long lastLsn() {
        return lastLsn;
    }

    @Override
    public long durableLsn() {
        return durableLsn;
    }

    /** Makes everything up to {@code lsn} durable. */
    public void sync(long lsn) {
        if (lsn < durableLsn || lsn > lastLsn) {
            throw new IllegalArgumentException(
                    "cannot sync up to " + lsn + ": " + durableLsn + " is durable, " + lastLsn + " was staged last");
        }
        durableLsn = lsn;
        listener.durable(lsn);
    }

    /** Makes everything durable that was staged so far, and what is staged when that is published. */
    public void sync() {
        do {
            sync(lastLsn);
        } while (durableLsn < lastLsn);
    }

    /** Refuses everything from {@code firstLsn} on that was staged so far. */
    public void refuse(long firstLsn) {
        if (firstLsn <= durableLsn) {
            throw new IllegalArgumentException("cannot refuse " + firstLsn + ": " + durableLsn + " is durable");
        }
        epoch++;
        listener.refused(firstLsn, Refusal.of(ErrorCode.STORAGE_FULL, "the test's disk is full"));
    }

    /** Refuses everything that is not durable. */
    public void refuse() {
        refuse(durableLsn + 1);
    }

    /**
     * Loses everything that is not durable, as a log does that gets another leader; the next record has the same lsn
     * again.
     */
    public void lose() {
        epoch++;
        lastLsn = durableLsn;
        listener.lost(durableLsn + 1, Refusal.of(ErrorCode.OUTCOME_UNKNOWN, "the test's log has another leader"));
    }

    /** Whether there is no room for any other record. */
    public void full(boolean isFull) {
        full = isFull;
    }
}
