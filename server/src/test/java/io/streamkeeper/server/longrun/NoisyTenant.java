package io.streamkeeper.server.longrun;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A tenant that demands much more than its limits allow, all the time, beside clients that have none: it gets as much as
 * they allow and no more, 429 for the rest, and its repetitions and deletions are executed at the limit too. Its thread is
 * a new one for each start of a server; each begins without streams.
 */
final class NoisyTenant implements Runnable {
    static final String NAME = "noisy";

    private static final int REQUESTS_PER_SECOND = 100;
    private static final int STREAMS_MAX = 4;
    private static final int SUBSCRIPTIONS_MAX = 1;
    private static final int STORED_BYTES_MAX = 40_000;
    private static final int UNIT_MAX = 6_000;
    private static final int FLOOD = 60;
    private static final int PAUSE_MILLIS = 5;
    private static final int RETRY_MILLIS = 20;
    private static final long ADMITTED_MAX_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final String TEXT = "Content-Type: text/plain";

    /** A stream, and the number and body of the next append of its producer. */
    private static final class Stream {
        final String path;
        int bytes;
        int appends;
        String lastBody = "";

        Stream(String path) {
            this.path = path;
        }
    }

    private final Random random;
    private final Reach reach;
    private final List<Stream> streams = new ArrayList<>();
    private int paths;
    private int subscriptions;

    /** Streams that an earlier start may have left. */
    private int firstPath = 1;

    private URI server = URI.create("http://localhost/");
    private String credentials = "";
    private @Nullable Wire wire;
    private long beganNanos;
    private long admitted;
    private volatile boolean ending;
    private volatile @Nullable Throwable failure;

    NoisyTenant(long seed, Reach reach) {
        this.random = new Random(seed);
        this.reach = reach;
    }

    /** The flags with its limits, of which {@code folder} gets the file. */
    static List<String> flags(Path folder) throws IOException {
        Path file = folder.resolve("limits");
        Files.writeString(
                file,
                "tenant " + NAME + " requests=" + REQUESTS_PER_SECOND + "/1s streams=" + STREAMS_MAX + " storage="
                        + STORED_BYTES_MAX + " subscriptions=" + SUBSCRIPTIONS_MAX + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return List.of("--tenants=*", "--limits-file=" + file);
    }

    Thread start(URI newServer, String newCredentials) {
        server = newServer;
        credentials = newCredentials;
        ending = false;
        Thread thread = new Thread(this, NAME);
        thread.start();
        return thread;
    }

    /** From now on the server may end at any time. */
    void ending() {
        ending = true;
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    @Override
    public void run() {
        beganNanos = System.nanoTime();
        admitted = 0;
        try {
            wire = new Wire(server, credentials);
            deleteAll();
            while (true) {
                step();
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (IOException e) {
            if (!ending) {
                failure =
                        new AssertionError("the connection of the noisy tenant ended, but the server was not, " + e, e);
            }
        } catch (Throwable e) {
            failure = e;
        } finally {
            disconnect();
        }
    }

    private void disconnect() {
        try {
            if (wire != null) {
                wire.close();
            }
        } catch (IOException e) {
            // It is not used afterwards.
        }
        wire = null;
    }

    private void deleteAll() throws IOException, InterruptedException {
        streams.clear();
        while (firstPath <= paths) {
            Wire.Answer answer = exchange("DELETE", NAME + "/" + firstPath, "");
            if (!isLater(answer)) {
                require(answer.status() == 204 || answer.status() == 404, "the deletion of an earlier stream", answer);
                firstPath++;
            }
        }
        for (int number = 0; number <= SUBSCRIPTIONS_MAX; number++) {
            while (isLater(exchange("DELETE", subscription(number), ""))) {
                TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
            }
        }
        subscriptions = 0;
    }

    private static String subscription(int number) {
        return Subscribers.ROOT + NAME + "-" + number;
    }

    // ---- steps ----

    private void step() throws IOException, InterruptedException {
        if (streams.isEmpty()) {
            create();
            return;
        }
        Stream stream = streams.get(random.nextInt(streams.size()));
        switch (random.nextInt(11)) {
            case 10 -> subscribe();
            case 0 -> create();
            case 1 -> createAgain(stream);
            case 2 -> delete(stream);
            case 3 -> flood(stream);
            case 4, 5 -> append(stream, false);
            default -> append(stream, true);
        }
    }

    private int storedBytes() {
        return streams.stream().mapToInt(stream -> stream.bytes).sum();
    }

    private void create() throws IOException, InterruptedException {
        Stream stream = new Stream(NAME + "/" + (paths + 1));
        paths++;
        Wire.Answer answer = exchange("PUT", stream.path, "", TEXT);
        if (streams.size() >= STREAMS_MAX) {
            requireRefused("stream_limit", "a stream too many", answer);
            paths--;
        } else if (!isLater(answer)) {
            require(answer.status() == 201, "a stream that is allowed", answer);
            streams.add(stream);
        }
    }

    /** Creates a subscription, which matches no stream; one too many is refused. */
    private void subscribe() throws IOException, InterruptedException {
        String body =
                "{\"type\":\"pull-wake\",\"wake_stream\":\"" + NAME + "/wakes\",\"pattern\":\"" + NAME + "/none/*\"}";
        Wire.Answer answer = exchange("PUT", subscription(subscriptions), body);
        if (subscriptions >= SUBSCRIPTIONS_MAX) {
            requireRefused("subscription_limit", "a subscription too many", answer);
            answer = exchange("DELETE", subscription(0), "");
            subscriptions = isLater(answer) ? subscriptions : 0;
        } else if (!isLater(answer)) {
            require(answer.status() == 201, "a subscription that is allowed", answer);
            subscriptions++;
        }
    }

    private void createAgain(Stream stream) throws IOException, InterruptedException {
        Wire.Answer answer = exchange("PUT", stream.path, "ignored", TEXT);
        require(isLater(answer) || answer.status() == 200, "a repeated creation", answer);
    }

    private void delete(Stream stream) throws IOException, InterruptedException {
        boolean isFull = streams.size() == STREAMS_MAX;
        Wire.Answer answer = exchange("DELETE", stream.path, "");
        if (!isLater(answer)) {
            require(answer.status() == 204, "a deletion", answer);
            streams.remove(stream);
            reach.count(isFull ? "noisy tenant: deleted at its limit" : "noisy tenant: deleted");
        }
    }

    private void append(Stream stream, boolean produces) throws IOException, InterruptedException {
        String body = "x".repeat(1 + random.nextInt(UNIT_MAX));
        boolean fits = storedBytes() + body.length() <= STORED_BYTES_MAX;
        Wire.Answer answer = produces
                ? exchange("POST", stream.path, body, produced(stream.appends))
                : exchange("POST", stream.path, body, TEXT);
        if (!fits) {
            requireRefused("storage_limit", "bytes too many", answer);
        } else if (!isLater(answer)) {
            require(answer.status() == (produces ? 200 : 204), "an append that is allowed", answer);
            stream.bytes += body.length();
            if (produces) {
                stream.appends++;
                stream.lastBody = body;
            }
        }
        if (stream.appends > 0) {
            repeat(stream);
        }
    }

    private void repeat(Stream stream) throws IOException, InterruptedException {
        boolean fits = storedBytes() + stream.lastBody.length() <= STORED_BYTES_MAX;
        Wire.Answer answer = exchange("POST", stream.path, stream.lastBody, produced(stream.appends - 1));
        if (!isLater(answer)) {
            require(answer.status() == 204, "a retry of what is stored", answer);
            reach.count(fits ? "noisy tenant: retry confirmed" : "noisy tenant: retry confirmed at its limit");
        }
    }

    private static String[] produced(int seq) {
        return (TEXT + "\n" + Writes.fields("n", 0, seq)).split("\n", -1);
    }

    /** More requests than it may send. */
    private void flood(Stream stream) throws IOException {
        String request = Wire.request("GET", server.getPath() + stream.path + "?offset=now", "");
        open().send(request.repeat(FLOOD));
        for (int i = 0; i < FLOOD && wire != null; i++) {
            Wire.Answer answer = receive("GET", true);
            require(answer.status() == 200 || answer.status() == 429 || isLater(answer), "a flood", answer);
        }
    }

    // ---- requests ----

    private Wire open() throws IOException {
        Wire open = wire;
        if (open == null) {
            open = new Wire(server, credentials);
            wire = open;
        }
        return open;
    }

    /** Sends a request until its number is allowed. */
    private Wire.Answer exchange(String method, String path, String body, String... fields)
            throws IOException, InterruptedException {
        long latestNanos = System.nanoTime() + ADMITTED_MAX_NANOS;
        while (true) {
            open().send(Wire.request(method, server.getPath() + path, body, fields));
            Wire.Answer answer = receive(method, path.startsWith(NAME + "/"));
            if (!answer.code().equals("request_limit")) {
                return answer;
            }
            require(System.nanoTime() < latestNanos, "a request is not allowed for long", answer);
            TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
        }
    }

    /**
     * Receives an answer.
     *
     * @param isOfTenant whether the request counts for the tenant, as those about its streams do
     */
    private Wire.Answer receive(String method, boolean isOfTenant) throws IOException {
        Wire.Answer answer = open().receive(method.equals("HEAD"));
        if (answer.status() == 429) {
            require(!answer.field("retry-after").isEmpty(), "a 429 without Retry-After", answer);
            reach.count("noisy tenant: 429 " + answer.code());
        } else if (isOfTenant) {
            admitted++;
            long nanos = System.nanoTime() - beganNanos;
            // The bucket begins full, and is filled again meanwhile.
            double most = REQUESTS_PER_SECOND * (1.0 + (double) nanos / TimeUnit.SECONDS.toNanos(1)) + 1;
            require(admitted <= most, admitted + " requests were admitted in " + nanos + " ns", answer);
        }
        if (answer.field("connection").equalsIgnoreCase("close")) {
            disconnect();
        }
        return answer;
    }

    private void requireRefused(String code, String what, Wire.Answer answer) {
        require(isLater(answer) || (answer.status() == 429 && answer.code().equals(code)), what, answer);
    }

    /** Whether the server, or a full disk, refuses any such request now. */
    private static boolean isLater(Wire.Answer answer) {
        return answer.status() == 503 || answer.status() == 507;
    }

    private static void require(boolean holds, String what, Wire.Answer answer) {
        if (!holds) {
            throw new AssertionError("the noisy tenant, " + what + ": " + answer);
        }
    }
}
