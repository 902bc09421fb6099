package io.streamkeeper.server.registry;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.log.RareReport;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pauses of the registry between attempts, and the reports of why there is another. Used by the thread of the registry;
 * {@link #end} and {@link #hasEnded} by any.
 */
final class RegistryRetries {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryRetries.class);

    /** The statuses of refusals that may pass. */
    private static final Set<Integer> MAY_PASS = Set.of(429, 503, 507);

    /** The longest pause between two attempts of one command. */
    static final long COMMAND_PAUSE_MILLIS_MAX = 5_000;

    /**
     * Refusals of a process that stops, or does not lead its cluster any more: another one continues the registry. What
     * it has not received for certain is found by a comparison, and not sent twice.
     */
    private static final Set<ErrorCode> END =
            EnumSet.of(ErrorCode.SHUTTING_DOWN, ErrorCode.NO_LEADER, ErrorCode.OUTCOME_UNKNOWN);

    /** A command that may be refused. */
    interface Attempt<T> {
        T run() throws InterruptedException;
    }

    /** The lengths of pauses in milliseconds: each is twice as long as the one before, up to a most. */
    static final class Pauses {
        private static final long FIRST_MILLIS = 500;

        private final long mostMillis;
        private long nextMillis = FIRST_MILLIS;

        Pauses(long mostMillis) {
            this.mostMillis = mostMillis;
        }

        long next() {
            long millis = nextMillis;
            nextMillis = Math.min(mostMillis, 2 * millis);
            return millis;
        }

        /** The next pause is a short one. */
        void reset() {
            nextMillis = FIRST_MILLIS;
        }
    }

    private final CountDownLatch ended = new CountDownLatch(1);
    private final RareReport changesMissing = new RareReport(System::nanoTime);
    private final RareReport tooLong = new RareReport(System::nanoTime);

    /** There is no other attempt, and the pauses end. */
    void end() {
        ended.countDown();
    }

    boolean hasEnded() {
        return ended.getCount() == 0;
    }

    /**
     * Waits.
     *
     * @throws InterruptedException also if there is no other attempt
     */
    void pause(long millis) throws InterruptedException {
        if (ended.await(millis, TimeUnit.MILLISECONDS)) {
            throw new InterruptedException("the registry is closed");
        }
    }

    /**
     * The answer to a command, which is given again while it is refused for a reason that may pass.
     *
     * @param attempts how often it is given at most
     * @throws RefusedException the last refusal, or one that does not pass
     */
    <T> T of(int attempts, Attempt<T> command) throws InterruptedException {
        Pauses pauses = new Pauses(COMMAND_PAUSE_MILLIS_MAX);
        for (int attempt = 1; ; attempt++) {
            try {
                return command.run();
            } catch (RefusedException e) {
                if (attempt == attempts || !mayPass(e.refusal().code())) {
                    throw e;
                }
                reportMissing(e.refusal());
            }
            pause(pauses.next());
        }
    }

    private static boolean mayPass(ErrorCode code) {
        return !END.contains(code) && MAY_PASS.contains(code.status());
    }

    /** Whether a refusal is none of those that come when this registry ends. */
    static boolean isFault(Refusal refusal) {
        return !END.contains(refusal.code());
    }

    /** Reports why the registry lacks changes. */
    void reportMissing(Refusal refusal) {
        if (isFault(refusal) && changesMissing.unreported() != RareReport.NOT_DUE) {
            LOG.warn("the registry lacks changes; it is tried again: {}", refusal.message());
        }
    }

    /** Reports why the registry is not begun again, although it is long. */
    void reportTooLong(Refusal obstacle) {
        if (tooLong.unreported() != RareReport.NOT_DUE) {
            LOG.warn(
                    "the registry has more messages than it needs, and cannot be begun again now: {}",
                    obstacle.message());
        }
    }
}
