package io.streamkeeper.server;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls of the Java API in progress. Each completes: with its outcome, or with a refusal when the streams are
 * closed. Safe for use by any thread.
 *
 * <pre>
 *   OPEN ──close──▶ CLOSING: new calls are refused ──endWaits, await, endRest──▶ no call is under way
 * </pre>
 */
final class Calls {
    private static final Logger LOG = LoggerFactory.getLogger(Calls.class);

    private final Set<PendingCall<?>> all = ConcurrentHashMap.newKeySet();
    private final Set<PendingCall<?>> waiting = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    /**
     * Starts a call.
     *
     * @param on the executor that completes the future
     * @param result creates the result from an outcome that is not a refusal
     * @param execute submits the command; if it throws a {@link RefusedException}, the refusal is the outcome
     */
    <T> CompletableFuture<T> start(Executor on, Function<Outcome, T> result, Consumer<Call<?>> execute) {
        Call<T> call = new Call<>(result, on);
        return start(call, () -> execute.accept(call));
    }

    /**
     * Starts a request that is no command.
     *
     * @param on the executor that completes the future
     * @param result creates the result from the answer
     * @param request makes the request; if it throws a {@link RefusedException}, the refusal is the answer
     */
    <A, T> CompletableFuture<T> ask(Executor on, Function<A, T> result, Consumer<CallbackCall<A, T>> request) {
        CallbackCall<A, T> call = new CallbackCall<>(result, on);
        return start(call, () -> request.accept(call));
    }

    private <T> CompletableFuture<T> start(PendingCall<T> call, Runnable execute) {
        all.add(call);
        call.future().whenComplete((value, failure) -> all.remove(call));
        if (closing) {
            call.refuse(closed());
            return call.future();
        }
        try {
            execute.run();
        } catch (RefusedException e) {
            call.refuse(e.refusal());
        }
        return call.future();
    }

    /** Marks a call as waiting for the next append: closing the streams ends it at once. */
    void addWaiting(PendingCall<?> call) {
        waiting.add(call);
        call.future().whenComplete((value, failure) -> waiting.remove(call));
    }

    /** Whether new calls are refused. */
    boolean isClosing() {
        return closing;
    }

    /** Refuses all calls from now on. */
    void close() {
        closing = true;
    }

    /** Refuses the calls that wait for the next append. */
    void endWaits() {
        waiting.forEach(call -> call.refuse(closed()));
    }

    /** Waits until all calls are completed, but not beyond {@code deadlineNanos}. */
    void await(long deadlineNanos) {
        CompletableFuture<?> each =
                CompletableFuture.allOf(all.stream().map(PendingCall::future).toArray(CompletableFuture[]::new));
        try {
            each.get(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("the streams are closed while some calls fail or are under way", e);
        }
    }

    /** Refuses the calls that can no longer receive an outcome. */
    void endRest() {
        all.forEach(call -> call.refuse(closed()));
    }

    private static Refusal closed() {
        return Refusal.of(ErrorCode.SHUTTING_DOWN, "the streams are closed");
    }
}
