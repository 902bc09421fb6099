package io.streamkeeper.client.http;

import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** An HTTP client without a network: the thread of the test delivers each byte of its responses. */
final class FakeClient extends HttpClient {
    private final List<Exchange> exchanges = new CopyOnWriteArrayList<>();

    /** The requests so far, with their responses. */
    List<Exchange> exchanges() {
        return List.copyOf(exchanges);
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler) {
        exchanges.add(new Exchange(handler));
        return new CompletableFuture<>();
    }

    /** A request that has been sent; its response begins when the test says so. */
    static final class Exchange implements Flow.Subscription {
        private final BodyHandler<?> handler;
        private volatile BodySubscriber<?> body;
        private volatile boolean cancelled;

        private Exchange(BodyHandler<?> handler) {
            this.handler = handler;
        }

        /** Delivers the head of a response of events. */
        void begin() {
            begin(new Head("text/event-stream"));
        }

        private void begin(Head head) {
            body = handler.apply(head);
            body.onSubscribe(this);
        }

        /** Delivers a whole response of JSON. */
        void answer(String json) {
            begin(new Head("application/json"));
            deliver(json);
            body.onComplete();
        }

        /** Delivers bytes of the body; returns when the client has taken them. */
        void deliver(String text) {
            body.onNext(List.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
        }

        boolean isCancelled() {
            return cancelled;
        }

        @Override
        public void request(long count) {}

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    private record Head(String type) implements ResponseInfo {
        @Override
        public int statusCode() {
            return 200;
        }

        @Override
        public HttpHeaders headers() {
            return HttpHeaders.of(Map.of("Content-Type", List.of(type)), (name, value) -> true);
        }

        @Override
        public Version version() {
            return Version.HTTP_1_1;
        }
    }

    // ---- not used ----

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
            HttpRequest request, BodyHandler<T> handler, PushPromiseHandler<T> pushes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<CookieHandler> cookieHandler() {
        return Optional.empty();
    }

    @Override
    public Optional<Duration> connectTimeout() {
        return Optional.empty();
    }

    @Override
    public Redirect followRedirects() {
        return Redirect.NEVER;
    }

    @Override
    public Optional<ProxySelector> proxy() {
        return Optional.empty();
    }

    @Override
    public SSLContext sslContext() {
        throw new UnsupportedOperationException();
    }

    @Override
    public SSLParameters sslParameters() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Authenticator> authenticator() {
        return Optional.empty();
    }

    @Override
    public Version version() {
        return Version.HTTP_1_1;
    }

    @Override
    public Optional<Executor> executor() {
        return Optional.empty();
    }
}
