package io.streamkeeper.cluster;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of a Raft server, and those that they start. If one ends by an error, that is logged, and not printed by
 * the JVM; but not after {@link #expectErrors}: a leader uses its log for a moment after that was closed.
 */
final class RaftThreads extends ThreadGroup {
    private static final Logger LOG = LoggerFactory.getLogger(RaftThreads.class);

    private final String member;
    private volatile boolean expectsErrors;

    RaftThreads(String member) {
        super("cluster-" + member);
        this.member = member;
    }

    /** The server ends from now on. */
    void expectErrors() {
        expectsErrors = true;
    }

    /** Returns the result of a task that runs on one of the threads. */
    <T> T call(Callable<T> task) throws IOException {
        FutureTask<T> result = new FutureTask<>(task);
        Thread thread = new Thread(this, result, "cluster-start-" + member);
        thread.setDaemon(true);
        thread.start();
        try {
            return result.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while member " + member + " started", e);
        }
    }

    @Override
    public void uncaughtException(Thread thread, Throwable thrown) {
        if (expectsErrors) {
            LOG.debug("{} has ended by an error", thread, thrown);
        } else {
            LOG.error("{} of member {} has ended by an error", thread.getName(), member, thrown);
        }
    }
}
