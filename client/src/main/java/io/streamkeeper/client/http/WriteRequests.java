package io.streamkeeper.client.http;

import io.streamkeeper.client.api.AppendOptions;
import io.streamkeeper.client.api.Content;
import io.streamkeeper.client.api.CreateOptions;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.MetadataOptions;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.MetadataChange;
import io.streamkeeper.protocol.Producer;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import org.jspecify.annotations.Nullable;

/** The requests that change a stream (sections 5.1 to 5.4). They throw a RefusedException if a path is invalid. */
final class WriteRequests {
    private WriteRequests() {}

    static HttpRequest create(RemoteStream stream, CreateOptions options) {
        HttpRequest.Builder request = stream.request("");
        CreateOptions.Fork fork = options.fork();
        if (fork == null) {
            request.header("Content-Type", options.content().contentType());
        } else {
            // The path of the root, and not its URL: sources are on the same server (section 4.2).
            String root = URI.create(stream.settings().root()).getRawPath();
            request.header(
                    "Stream-Forked-From", root + StreamPath.of(fork.source()).encoded());
            if (!fork.from().equals(From.now())) {
                request.header(
                        "Stream-Fork-Offset", ascii("the offset", fork.from().offset()));
            }
            if (fork.subOffset() > 0) {
                request.header("Stream-Fork-Sub-Offset", Long.toString(fork.subOffset()));
            }
        }
        expiry(request, options.expiry());
        retention(request, options.retention());
        if (options.isClosed()) {
            request.header("Stream-Closed", "true");
        }
        return request.PUT(BodyPublishers.ofByteArray(options.content().bytes()))
                .build();
    }

    private static void expiry(HttpRequest.Builder request, Expiry expiry) {
        if (expiry instanceof Expiry.Ttl ttl) {
            request.header("Stream-TTL", Long.toString(ttl.seconds()));
        } else if (expiry instanceof Expiry.At at) {
            request.header("Stream-Expires-At", at.text());
        }
    }

    private static void retention(HttpRequest.Builder request, Retention retention) {
        bound(request, "Stream-Retention-Max-Age", retention.maxAgeSeconds());
        bound(request, "Stream-Retention-Max-Bytes", retention.maxBytes());
        bound(request, "Stream-Retention-Max-Messages", retention.maxMessages());
    }

    private static void bound(HttpRequest.Builder request, String name, long value) {
        if (value != Retention.UNBOUNDED) {
            request.header(name, Long.toString(value));
        }
    }

    static HttpRequest append(RemoteStream stream, Content content, AppendOptions options) {
        HttpRequest.Builder request = stream.request("");
        if (content.bytes().length > 0) {
            request.header("Content-Type", content.contentType());
        }
        Producer producer = options.producer();
        if (producer != null) {
            request.header("Producer-Id", ascii("the producer id", producer.id()));
            request.header("Producer-Epoch", Long.toString(producer.epoch()));
            request.header("Producer-Seq", Long.toString(producer.seq()));
        }
        String ifMatch = options.ifMatch();
        optional(request, "If-Match", ifMatch == null ? null : '"' + ifMatch + '"');
        optional(request, "Stream-Expected-Offset", options.expectedOffset());
        optional(request, "Stream-Seq", options.streamSeq());
        if (options.closes()) {
            request.header("Stream-Closed", "true");
        }
        return request.POST(BodyPublishers.ofByteArray(content.bytes())).build();
    }

    static HttpRequest change(RemoteStream stream, MetadataOptions options) {
        HttpRequest.Builder request = stream.request("");
        optional(request, "Content-Type", options.contentType());
        if (options.expiry() instanceof Expiry.Never) {
            request.header("Stream-TTL", MetadataChange.NONE);
        } else if (options.expiry() != null) {
            expiry(request, options.expiry());
        }
        changed(request, "Stream-Retention-Max-Age", options.maxAgeSeconds());
        changed(request, "Stream-Retention-Max-Bytes", options.maxBytes());
        changed(request, "Stream-Retention-Max-Messages", options.maxMessages());
        String ifMatch = options.ifMatch();
        optional(request, "If-Match", ifMatch == null ? null : '"' + ifMatch + '"');
        return request.method("PATCH", BodyPublishers.noBody()).build();
    }

    private static void changed(HttpRequest.Builder request, String name, @Nullable Long bound) {
        if (bound != null) {
            request.header(name, bound == Retention.UNBOUNDED ? MetadataChange.NONE : Long.toString(bound));
        }
    }

    static HttpRequest delete(RemoteStream stream) {
        return stream.request("").DELETE().build();
    }

    private static void optional(HttpRequest.Builder request, String name, @Nullable String value) {
        if (value != null) {
            request.header(name, ascii(name, value));
        }
    }

    /** The HTTP client sends any other character as a question mark, so two values would become one. */
    private static String ascii(String name, String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < ' ' || value.charAt(i) >= 0x7f) {
                throw new IllegalArgumentException(
                        name + " is \"" + value + "\"; expected printable characters of ASCII over HTTP");
            }
        }
        return value;
    }
}
