package io.streamkeeper.client.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.protocol.ContentType;
import java.io.IOException;
import java.net.http.HttpClient.Version;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Answers that are collected as a whole, up to a limit. */
class AnswerBodyTest {
    private final AtomicInteger received = new AtomicInteger();
    private final AnswerBody body = new AnswerBody(10, received::incrementAndGet);
    private final AtomicInteger cancels = new AtomicInteger();

    private record Head(int statusCode) implements ResponseInfo {
        @Override
        public HttpHeaders headers() {
            return HttpHeaders.of(Map.of("Stream-Next-Offset", List.of("7")), (name, value) -> true);
        }

        @Override
        public Version version() {
            return Version.HTTP_1_1;
        }
    }

    /** The HTTP client reports a failure to a response whose body was cancelled. */
    private void begin(int status) {
        body.begin(new Head(status)).onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long count) {}

            @Override
            public void cancel() {
                cancels.incrementAndGet();
                body.onError(new IOException("cancelled, on purpose"));
            }
        });
    }

    private void come(int... lengths) {
        for (int length : lengths) {
            body.onNext(List.of(ByteBuffer.wrap("x".repeat(length).getBytes(StandardCharsets.US_ASCII))));
        }
    }

    @Test
    void anAnswerIsCompleteWhenAllOfItHasArrived() {
        begin(200);
        come(4, 0, 6);
        assertThat(body.answer()).isNotDone();
        body.onComplete();
        assertThat(body.answer()
                        .join()
                        .batch(From.now(), ContentType.OCTET_STREAM)
                        .text())
                .isEqualTo("xxxxxxxxxx");
        assertThat(received).hasValue(3);
        assertThat(cancels).hasValue(0);
    }

    @Test
    void aLargerAnswerIsCancelledAndReported() {
        begin(200);
        come(4, 7, 1);
        assertThat(cancels).hasValue(1);
        assertThatThrownBy(() -> body.answer().join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(StreamException.Invalid.class)
                .hasMessageContaining("more than 10 bytes");
    }

    @Test
    void aRefusalThatIsLongIsTakenWithoutItsBody() {
        begin(403);
        come(60_000, 60_000);
        assertThat(cancels).hasValue(1);
        StreamException refusal = body.answer().join().failure("GET x", null);
        assertThat(refusal).hasMessage("GET x was answered 403");
    }

    @Test
    void aResponseThatIsCancelledBeforeItBeginsIsCancelledThen() {
        body.cancel();
        begin(200);
        assertThat(cancels).hasValue(1);
    }
}
