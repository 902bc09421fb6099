package io.streamkeeper.client.http;

import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.client.http.BlockingRemoteStreams.ReadEnd;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.function.Supplier;

/**
 * Copies the stored data of a stream to an output. A response that breaks is requested again, and the bytes of it that
 * the output has are skipped: an append-only stream answers a read at the same offset with the same bytes first. Only
 * the last byte of a response depends on what follows it, the bracket that ends an array of JSON, so the last byte
 * received is not written before the response is complete. Used by one thread, which may block.
 */
final class Download {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int ERROR_BYTES_MAX = 64 << 10;

    private final RemoteStream stream;
    private final Supplier<Attempts> calls;
    private final OutputStream to;
    private final Silence silence;
    private final byte[] buffer = new byte[BUFFER_BYTES];

    /** The bytes of the response to the current offset that the output has. */
    private long written;

    /** The end of a response. */
    private record Part(String nextOffset, boolean upToDate, boolean closed) {}

    Download(RemoteStream stream, Supplier<Attempts> calls, OutputStream to) {
        this.stream = stream;
        this.calls = calls;
        this.to = to;
        this.silence = new Silence(stream.settings().silenceMax());
    }

    ReadEnd run(From from) throws IOException, InterruptedException {
        try {
            Part part = part(from);
            while (!part.upToDate() && !part.closed()) {
                part = part(From.offset(part.nextOffset()));
            }
            return new ReadEnd(part.nextOffset(), part.closed());
        } finally {
            silence.close();
        }
    }

    private Part part(From from) throws IOException, InterruptedException {
        Attempts attempts = calls.get();
        written = 0;
        while (true) {
            try {
                return attempt(from, attempts);
            } catch (StreamException.Unavailable e) {
                attempts.waitAfter(e, true);
            }
        }
    }

    private Part attempt(From from, Attempts attempts) throws IOException, InterruptedException {
        HttpRequest request = stream.read(from);
        HttpResponse<InputStream> response = send(request);
        attempts.answered();
        try (InputStream body = response.body()) {
            silence.begin(stream.settings().silenceMax(), () -> abandon(body));
            Answer head = new Answer(response.statusCode(), response.headers(), new byte[0]);
            if (!head.isSuccess()) {
                throw new Answer(response.statusCode(), response.headers(), errorBody(request, body))
                        .failure(request.method() + " " + request.uri(), null);
            }
            copy(request, body);
            return end(from, head);
        } finally {
            silence.end();
        }
    }

    private static byte[] errorBody(HttpRequest request, InputStream body) {
        try {
            return body.readNBytes(ERROR_BYTES_MAX);
        } catch (IOException e) {
            throw Unreachable.explained(request, e);
        }
    }

    private HttpResponse<InputStream> send(HttpRequest request) throws InterruptedException {
        HttpRequest limited = HttpRequest.newBuilder(request, (name, value) -> true)
                .timeout(stream.settings().silenceMax())
                .build();
        try {
            return stream.settings().client().send(limited, BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw Unreachable.explained(request, e);
        }
    }

    private static void abandon(InputStream body) {
        try {
            body.close();
        } catch (IOException e) {
            // The thread that reads it gets an exception in any case.
        }
    }

    private void copy(HttpRequest request, InputStream body) throws IOException {
        long skipped = 0;
        int held = 0;
        while (true) {
            int count = read(request, body, held);
            if (count < 0) {
                write(0, skipped < written ? 0 : held);
                return;
            }
            int end = held + count;
            int start = (int) Math.min(written - skipped, end - 1L);
            skipped += start;
            write(start, end - 1);
            skipped += end - 1 - start;
            buffer[0] = buffer[end - 1];
            held = 1;
        }
    }

    private int read(HttpRequest request, InputStream body, int at) {
        try {
            int count = body.read(buffer, at, buffer.length - at);
            silence.received();
            return count;
        } catch (IOException e) {
            throw Unreachable.explained(request, e);
        }
    }

    private void write(int start, int end) throws IOException {
        if (end > start) {
            to.write(buffer, start, end - start);
            written += end - start;
        }
    }

    private static Part end(From from, Answer head) {
        String nextOffset = head.field("Stream-Next-Offset");
        if (nextOffset == null) {
            throw new StreamException.Invalid(
                    BatchAssembler.INVALID_ANSWER,
                    head.status(),
                    "the server's answer has no Stream-Next-Offset: it is not of this protocol");
        }
        boolean isStuck = nextOffset.equals(from.offset());
        return new Part(nextOffset, isStuck || head.isTrue("Stream-Up-To-Date"), head.isTrue("Stream-Closed"));
    }
}
