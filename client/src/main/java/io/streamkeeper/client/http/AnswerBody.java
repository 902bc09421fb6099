package io.streamkeeper.client.http;

import io.streamkeeper.client.api.StreamException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** A response whose complete body is collected, up to a limit. */
final class AnswerBody extends PendingResponse {
    /** The longest body of an error response; a longer one is discarded. */
    private static final int ERROR_BYTES_MAX = 64 << 10;

    private static final int BYTES_AT_FIRST = 4 << 10;
    private static final byte[] NOTHING = new byte[0];

    private final int bytesMax;
    private final Runnable received;
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private int status;
    private HttpHeaders headers = HttpHeaders.of(Map.of(), (name, value) -> true);
    private byte[] bytes = NOTHING;
    private int length;

    /**
     * Creates the collector of one response.
     *
     * @param bytesMax the largest body in bytes
     * @param received runs for each part of the body that arrives
     */
    AnswerBody(int bytesMax, Runnable received) {
        this.bytesMax = bytesMax;
        this.received = received;
    }

    /**
     * The response. Fails with the exception passed to {@link #fail}, or with {@link StreamException.Invalid} if the
     * body is too large.
     */
    CompletableFuture<Answer> answer() {
        return answer;
    }

    @Override
    void fail(Throwable failure) {
        answer.completeExceptionally(failure);
    }

    @Override
    BodySubscriber<Void> begin(ResponseInfo response) {
        status = response.statusCode();
        headers = response.headers();
        return this;
    }

    @Override
    void begun(Flow.Subscription body) {
        body.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        received.run();
        for (ByteBuffer buffer : buffers) {
            if (!answer.isDone()) {
                take(buffer);
            }
        }
    }

    private void take(ByteBuffer buffer) {
        int count = buffer.remaining();
        int limit = isSuccess() ? bytesMax : ERROR_BYTES_MAX;
        if (count > limit - length) {
            tooLarge(limit);
            return;
        }
        if (count > bytes.length - length) {
            long grown = Math.max(Math.max(BYTES_AT_FIRST, 2L * bytes.length), (long) length + count);
            bytes = Arrays.copyOf(bytes, (int) Math.min(limit, grown));
        }
        buffer.get(bytes, length, count);
        length += count;
    }

    private boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    /** Completes the future before it cancels the response, because the cancellation is reported as a failure too. */
    private void tooLarge(int limit) {
        bytes = NOTHING;
        length = 0;
        if (isSuccess()) {
            fail(new StreamException.Invalid(
                    EventParser.TOO_LARGE,
                    status,
                    "the server's answer has more than " + limit + " bytes, which is the limit"));
        } else {
            onComplete();
        }
        cancel();
    }

    @Override
    public void onComplete() {
        answer.complete(new Answer(status, headers, length == bytes.length ? bytes : Arrays.copyOf(bytes, length)));
    }
}
