package io.streamkeeper.storage.shard;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.storage.disk.StorageFailedException;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.journal.ShardThreads;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place of a shard that handles a throwable which nobody expected, an {@link Error} included (I12). Owned by the
 * shard's loop, to which what happens on other threads is handed over.
 *
 * <pre>
 *   in a command, before a record of it was staged   the command is answered 500, and leaves no trace
 *   in a command after that                          the shard fails
 *   in the shard's own work, on any thread           the shard fails
 * </pre>
 *
 * <p>A shard that fails acknowledges nothing more, as after a failed sync (I9): its state may not be the sum of its log any
 * more, and only a start makes it so again. What is durable is still read.
 */
public final class ShardFaults {
    private static final Logger LOG = LoggerFactory.getLogger(ShardFaults.class);

    private final int shard;
    private final Executor loop;
    private @Nullable Journal journal;
    private boolean failed;

    /** The faults of a shard on {@code loop}. */
    public ShardFaults(int shard, Executor loop) {
        this.shard = shard;
        this.loop = loop;
    }

    /** Names what fails with the shard; before anything runs. */
    void endsWith(Journal newJournal) {
        journal = newJournal;
    }

    /** Executors of which no task's throwable is lost. */
    public ShardThreads guarded(ShardThreads threads) {
        return new ShardThreads(
                task -> threads.loop().execute(() -> runOnLoop(task)),
                guarded(threads.journal()),
                guarded(threads.background()),
                guarded(threads.reads()));
    }

    private Executor guarded(Executor thread) {
        return task -> thread.execute(() -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                handOver(e);
            }
        });
    }

    private void runOnLoop(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    private void handOver(Throwable fault) {
        try {
            loop.execute(() -> fail(fault));
        } catch (RejectedExecutionException e) {
            LOG.debug("shard {} is closed: nobody waits for what has failed", shard, fault);
        }
    }

    /** Something of the shard's own work has failed; on the loop. */
    void fail(Throwable fault) {
        if (failed) {
            LOG.debug("shard {} has failed before", shard, fault);
            return;
        }
        failed = true;
        if (fault instanceof StorageFailedException known) {
            LOG.error("shard {} has failed: {}", shard, known.getMessage());
            failJournal(known);
            return;
        }
        LOG.error("shard {} has failed: nothing more is acknowledged until the server restarts", shard, fault);
        failJournal(new StorageFailedException(
                "shard " + shard + " has failed (" + fault
                        + "); nothing more is acknowledged until the server restarts, and its log says more",
                fault));
    }

    /** A shard that fails while it is opened has no journal yet. */
    private void failJournal(StorageFailedException reason) {
        if (journal != null) {
            journal.fail(reason);
        }
    }

    /**
     * A command has failed; on the loop.
     *
     * @param lsnBefore the record that was staged last before it
     * @return what it is to be answered
     */
    Refusal inCommand(Throwable fault, long lsnBefore) {
        if (fault instanceof RefusedException refused) {
            // An answer, not a fault, whatever was staged before it: the look-up itself removes a stream that has
            // expired.
            return refused.refusal();
        }
        boolean staged = journal != null && journal.lastLsn() != lsnBefore;
        if (staged) {
            fail(fault);
            return Refusal.of(ErrorCode.STORAGE_FAILED, "whether this was done is not known: the shard has failed");
        }
        return ofOurs(fault);
    }

    /** The client learns that there is a fault of ours, the log which. */
    static Refusal ofOurs(Throwable fault) {
        LOG.error("a request has failed", fault);
        return Refusal.of(ErrorCode.INTERNAL_ERROR, "the server failed to carry the request out");
    }
}
