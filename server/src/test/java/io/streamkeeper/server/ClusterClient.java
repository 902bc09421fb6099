package io.streamkeeper.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client of a cluster that sends each request to any member, and again what is refused with 503 or loses its
 * connection. A thread of its own.
 */
abstract class ClusterClient extends Thread {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(8);
    private static final long PAUSE_MILLIS = 10;

    final ClusterHistory history;
    final Random random;
    private final List<URI> members;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final StringBuilder[] received = new StringBuilder[ClusterFaultsIT.STREAMS];
    private volatile boolean ends;
    private volatile @Nullable Throwable failure;

    ClusterClient(String name, List<URI> members, ClusterHistory history, long seed) {
        super(name);
        this.members = members;
        this.history = history;
        this.random = new Random(seed);
        for (int stream = 0; stream < received.length; stream++) {
            received[stream] = new StringBuilder();
        }
        setDaemon(true);
    }

    /** The request that is under way is its last one. */
    void end() {
        ends = true;
    }

    boolean isEnding() {
        return ends;
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    /** All that it has read of a stream; used after its end. */
    String received(int stream) {
        return received[stream].toString();
    }

    void receive(int stream, String text) {
        received[stream].append(text);
    }

    @Override
    public void run() {
        try {
            while (!ends) {
                act(random.nextInt(ClusterFaultsIT.STREAMS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | AssertionError e) {
            failure = e;
        }
    }

    abstract void act(int stream) throws InterruptedException;

    /** The answer of any member; null if it is to be sent again. */
    @Nullable
    HttpResponse<String> send(String target, HttpRequest.Builder request) throws InterruptedException {
        URI member = members.get(random.nextInt(members.size()));
        try {
            HttpResponse<String> response = client.send(
                    request.uri(member.resolve(target)).timeout(ANSWER_MAX).build(), BodyHandlers.ofString());
            if (response.statusCode() != 503) {
                if (response.statusCode() / 100 != 2) {
                    throw new AssertionError(getName() + " got " + response + " "
                            + response.headers().map() + " " + response.body());
                }
                return response;
            }
        } catch (IOException e) {
            // The member was lost.
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        return null;
    }

    static String nextOffset(HttpResponse<String> response) {
        return response.headers().firstValue("Stream-Next-Offset").orElseThrow();
    }

    /** Appends as a producer. */
    static final class Writer extends ClusterClient {
        private final int number;
        private final long[] next = new long[ClusterFaultsIT.STREAMS];

        Writer(List<URI> members, ClusterHistory history, int number, long seed) {
            super("writer-" + number, members, history, seed);
            this.number = number;
        }

        @Override
        void act(int stream) throws InterruptedException {
            HttpResponse<String> acknowledgement = null;
            while (acknowledgement == null && !isEnding()) {
                acknowledgement = send(
                        "s" + stream,
                        HttpRequest.newBuilder()
                                .header("Content-Type", "text/plain")
                                .header("Producer-Id", "w" + number)
                                .header("Producer-Epoch", "0")
                                .header("Producer-Seq", Long.toString(next[stream]))
                                .POST(BodyPublishers.ofString("<" + number + ":" + next[stream] + ">")));
            }
            if (acknowledgement != null) {
                history.acknowledged(number, stream, nextOffset(acknowledgement));
                next[stream]++;
            }
        }
    }

    /** Reads each stream on from where it was, at any member. */
    static final class Reader extends ClusterClient {
        private final String[] offsets = new String[ClusterFaultsIT.STREAMS];

        Reader(List<URI> members, ClusterHistory history, int number, long seed) {
            super("reader-" + number, members, history, seed);
            java.util.Arrays.fill(offsets, "-1");
        }

        @Override
        void act(int stream) throws InterruptedException {
            String known = history.tail(stream);
            HttpResponse<String> response = send(
                    "s" + stream + "?offset=" + offsets[stream],
                    HttpRequest.newBuilder().GET());
            if (response == null) {
                return;
            }
            String next = nextOffset(response);
            boolean isUpToDate =
                    response.headers().firstValue("Stream-Up-To-Date").isPresent();
            if (isUpToDate && next.compareTo(known) < 0) {
                throw new AssertionError(getName() + " is up to date at " + next + " of stream " + stream + " by "
                        + response.uri() + ", although " + known + " was known before");
            }
            receive(stream, response.body());
            offsets[stream] = next;
            if (isUpToDate) {
                history.read(stream, next);
            }
        }
    }
}
