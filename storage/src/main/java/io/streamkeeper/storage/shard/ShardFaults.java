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
 * Handles each unexpected throwable of a shard, including each {@link Error} (I12). Owned by the shard's loop, which
 * receives the throwables of other threads.
 *
 * <pre>
 *   in a command, before a record of it was staged   the command is answered 500, and has no effect
 *   in a command after that                          the shard fails
 *   in the shard's own work, on any thread           the shard fails
 * </pre>
 *
 * <p>A shard that has failed acknowledges nothing more, as after a failed sync (I9): its state may differ from its log,
 * and only a restart corrects that. Durable data can still be read.
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

    /** Sets the journal, which fails together with the shard; called before anything runs. */
    void endsWith(Journal newJournal) {
        journal = newJournal;
    }

    /** Executors that pass each throwable of a task to this handler. */
    public ShardThreads guarded(ShardThreads threads) {
        return new ShardThreads(
                task -> threads.loop().execute(() -> runOnLoop(task)),
                guarded(threads.journal()),
                guarded(threads.background()),
                guarded(threads.reads()),
                guarded(threads.remoteReads()));
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
            LOG.debug("shard {} is closed: nothing waits for the task that has failed", shard, fault);
        }
    }

    /** The shard's own work has failed; on the loop. */
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
     * @param lsnBefore the last lsn that was staged before it
     * @return the answer
     */
    Refusal inCommand(Throwable fault, long lsnBefore) {
        if (fault instanceof RefusedException refused) {
            // This is an answer, not a fault, even if a record was staged before it: a look-up logs the expiry of a
            // stream.
            return refused.refusal();
        }
        boolean staged = journal != null && journal.lastLsn() != lsnBefore;
        if (staged) {
            fail(fault);
            return Refusal.of(
                    ErrorCode.STORAGE_FAILED, "whether the request took effect is not known: the shard has failed");
        }
        return ofOurs(fault);
    }

    /** The refusal that a step has thrown, or that for a fault of the server; the log contains the fault. */
    static Refusal ofStep(Throwable fault) {
        return fault instanceof RefusedException refused ? refused.refusal() : ofOurs(fault);
    }

    /** The refusal for a fault of the server; the log contains the fault. */
    private static Refusal ofOurs(Throwable fault) {
        LOG.error("a request has failed", fault);
        return Refusal.of(ErrorCode.INTERNAL_ERROR, "the server failed to carry the request out");
    }
}
