package io.streamkeeper.client.http;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * A response that is awaited or being read, and that can be cancelled at any moment. Safe for use by any thread; the
 * HTTP client delivers the response, one call at a time.
 */
abstract class PendingResponse implements BodySubscriber<Void> {
    private @Nullable CompletableFuture<?> sent;
    private Flow.@Nullable Subscription subscription;
    private boolean cancelled;

    /** Sends the request for this response. Called once. */
    final void send(HttpClient client, HttpRequest request) {
        CompletableFuture<?> sending = client.sendAsync(request, this::begin);
        sending.whenComplete((response, failure) -> {
            if (failure != null) {
                fail(failure);
            }
        });
        synchronized (this) {
            sent = sending;
            if (!cancelled) {
                return;
            }
        }
        sending.cancel(true);
    }

    /** The response has begun; returns the subscriber that receives its body. */
    abstract BodySubscriber<Void> begin(ResponseInfo response);

    /** The body can be requested. */
    abstract void begun(Flow.Subscription body);

    /** Nothing more arrives, because of {@code failure}. Any thread may call it, more than once. */
    abstract void fail(Throwable failure);

    /** Cancels the response in any state. Failures that result from this are ignored. */
    void cancel() {
        CompletableFuture<?> sending;
        Flow.Subscription body;
        synchronized (this) {
            cancelled = true;
            sending = sent;
            body = subscription;
        }
        if (body != null) {
            body.cancel();
        }
        if (sending != null) {
            sending.cancel(true);
        }
    }

    /** Complete at once, because the body is read as it arrives. */
    @Override
    public final CompletionStage<Void> getBody() {
        return CompletableFuture.completedStage(null);
    }

    @Override
    public final void onSubscribe(Flow.Subscription body) {
        boolean unwanted;
        synchronized (this) {
            subscription = body;
            unwanted = cancelled;
        }
        if (unwanted) {
            body.cancel();
        } else {
            begun(body);
        }
    }

    @Override
    public final void onError(Throwable failure) {
        fail(failure);
    }
}
