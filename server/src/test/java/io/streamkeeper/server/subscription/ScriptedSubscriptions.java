package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.shard.Callback;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Subscriptions for tests of their callers: records each call as text, and answers with what the test has put in line. */
public final class ScriptedSubscriptions implements Subscriptions {
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final Queue<Object> answers = new ConcurrentLinkedQueue<>();
    private volatile Runnable beforeAnswer = () -> {};

    /** Answers one of the next calls with a value, or refuses it with a {@link Refusal}. */
    public ScriptedSubscriptions answers(Object answer) {
        answers.add(answer);
        return this;
    }

    /** Has a task run before each answer. */
    public void beforeAnswer(Runnable task) {
        beforeAnswer = task;
    }

    /** The calls since the last time. */
    public List<String> calls() {
        List<String> copy = List.copyOf(calls);
        calls.clear();
        return copy;
    }

    @SuppressWarnings("unchecked")
    private <T> void call(String call, Callback<T> then) {
        calls.add(call);
        Object answer = answers.poll();
        beforeAnswer.run();
        if (answer instanceof Refusal refusal) {
            then.refuse(refusal);
        } else {
            then.complete((T) (answer == null ? (Object) true : answer));
        }
    }

    @Override
    public void put(String id, SubscriptionSpec spec, SubscriptionOwner owner, Callback<Put> then) {
        call("put " + id + " " + spec + " " + owner, then);
    }

    @Override
    public void get(String id, LinkRange links, Callback<SubscriptionView> then) {
        call("get " + id + (links.equals(LinkRange.ALL) ? "" : " " + links), then);
    }

    @Override
    public void list(String prefix, @Nullable String after, int limit, Callback<Page> then) {
        call("list " + prefix + "* " + after + " " + limit, then);
    }

    @Override
    public void delete(String id, Callback<Boolean> then) {
        call("delete " + id, then);
    }

    @Override
    public void addStreams(String id, List<StreamPath> streams, Callback<Boolean> then) {
        call("addStreams " + id + " " + streams, then);
    }

    @Override
    public void removeStream(String id, StreamPath stream, Callback<Boolean> then) {
        call("removeStream " + id + " " + stream, then);
    }

    @Override
    public void claim(String id, String worker, Callback<ClaimResult> then) {
        call("claim " + id + " " + worker, then);
    }

    @Override
    public void ack(String id, SubscriptionSpec.Kind kind, AckRequest request, Callback<Boolean> then) {
        call("ack " + id + " " + kind + " " + request, then);
    }

    @Override
    public void release(String id, String token, String wakeId, long generation, Callback<Boolean> then) {
        call("release " + id + " " + token + " " + wakeId + " " + generation, then);
    }

    @Override
    public void seek(String id, StreamPath stream, ReadStart place, Callback<Boolean> then) {
        call("seek " + id + " " + stream + " " + place, then);
    }

    @Override
    public void rightsChanged() {
        calls.add("rightsChanged");
    }

    @Override
    public CompletableFuture<SubscriptionFigures> figures() {
        return CompletableFuture.completedFuture(SubscriptionFigures.NONE);
    }

    @Override
    public void close() {
        calls.add("close");
    }

    /** A subscription that is pending with 5 bytes. */
    public static SubscriptionView view(String id, SubscriptionSpec spec, List<StreamLink> links) {
        return new SubscriptionView(
                id,
                spec,
                links,
                null,
                links.size(),
                false,
                1_000,
                SubscriptionView.State.WAKING,
                new Lag(1, 5, 1_200),
                2,
                null,
                0,
                7,
                null,
                0);
    }
}
