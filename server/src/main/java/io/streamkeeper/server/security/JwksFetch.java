package io.streamkeeper.server.security;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Fetches a JWK set; blocks for at most the time in {@link #totalMillis}, whatever the server does. Does not follow
 * redirects, which could lead to another authority. No message contains the query of the URL, which may be a secret.
 */
final class JwksFetch {
    /** Limit for the whole fetch: resolving the name, connecting, the handshake, and the complete answer. */
    static final long TOTAL_MILLIS = TimeUnit.SECONDS.toMillis(10);

    private static final int BYTES_MAX = 1 << 20;
    private static final String EXPECTED =
            "; expected https, or http on the loopback interface, because whoever changes the answer may forge tokens";

    private final URI uri;
    private final long totalMillis;
    private @Nullable HttpClient client;

    /**
     * A fetch from {@code url}.
     *
     * @throws IllegalArgumentException if it is not a URL, or if others could change the answer on its way
     */
    JwksFetch(String url, long totalMillis) {
        try {
            this.uri = new URI(url);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(
                    "jwt-jwks is not a URL: " + e.getReason() + " at character " + e.getIndex() + EXPECTED);
        }
        if (uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException("jwt-jwks is the URL of " + uri.getHost()
                    + " with a user or a password, which are not supported; expected a URL without them");
        }
        if (uri.getHost() == null || !isSafe(uri)) {
            throw new IllegalArgumentException("jwt-jwks is \"" + shown() + "\"" + EXPECTED);
        }
        this.totalMillis = totalMillis;
    }

    private static boolean isSafe(URI uri) {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        return scheme.equals("https") || (scheme.equals("http") && isLoopback(uri.getHost()));
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** The URL for messages: without its query. */
    String shown() {
        return uri.getScheme() + "://" + uri.getRawAuthority() + uri.getRawPath();
    }

    /** Returns the answer; throws an IllegalArgumentException if it is not UTF-8. */
    String fetch() throws IOException {
        return SecretFile.text(body());
    }

    private byte[] body() throws IOException {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Accept", "application/jwk-set+json, application/json")
                .timeout(Duration.ofMillis(totalMillis))
                .build();
        CompletableFuture<HttpResponse<byte[]>> answer =
                client().sendAsync(request, info -> new Body(info.statusCode()));
        try {
            return answer.get(totalMillis, TimeUnit.MILLISECONDS).body();
        } catch (TimeoutException e) {
            throw new IOException("the answer is not complete after " + totalMillis + " ms", e);
        } catch (ExecutionException e) {
            throw new IOException(reason(e.getCause()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the fetch was interrupted", e);
        } finally {
            answer.cancel(true);
        }
    }

    /** The client has threads of its own, so it is made when it is needed. */
    private synchronized HttpClient client() {
        HttpClient known = client;
        if (known == null) {
            HttpClient.Builder builder = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(Duration.ofMillis(totalMillis));
            ProxySelector proxy = ProxySelector.getDefault();
            known = (proxy == null ? builder : builder.proxy(proxy)).build();
            client = known;
        }
        return known;
    }

    private static String reason(@Nullable Throwable cause) {
        String message = cause == null ? null : cause.getMessage();
        return message == null ? String.valueOf(cause) : message;
    }

    /** Collects the answer, and ends it as soon as it is known to be of no use. */
    private static final class Body implements HttpResponse.BodySubscriber<byte[]> {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final CompletableFuture<byte[]> all = new CompletableFuture<>();
        private final int status;
        private Flow.@Nullable Subscription source;

        Body(int status) {
            this.status = status;
        }

        @Override
        public CompletionStage<byte[]> getBody() {
            return all;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            source = subscription;
            if (status == HttpURLConnection.HTTP_OK) {
                subscription.request(Long.MAX_VALUE);
            } else {
                end("the answer has the status " + status + "; expected 200");
            }
        }

        @Override
        public void onNext(List<ByteBuffer> parts) {
            for (ByteBuffer part : parts) {
                if (all.isDone()) {
                    return;
                }
                if (part.remaining() > BYTES_MAX - bytes.size()) {
                    end("the answer is longer than " + BYTES_MAX + " bytes");
                    return;
                }
                byte[] next = new byte[part.remaining()];
                part.get(next);
                bytes.writeBytes(next);
            }
        }

        private void end(String problem) {
            if (source != null) {
                source.cancel();
            }
            all.completeExceptionally(new IOException(problem));
        }

        @Override
        public void onError(Throwable fault) {
            all.completeExceptionally(fault);
        }

        @Override
        public void onComplete() {
            all.complete(bytes.toByteArray());
        }
    }
}
