package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged jar is killed under load, at random moments, and started again on the same directory. What was
 * acknowledged must be there exactly once, what was deleted must be gone, what a reader saw must stay; what was not
 * answered may be there or not, but not in part. {@code -Dkill.rounds=N} kills as often as wanted,
 * {@code -Dkill.seed=S} repeats the choices.
 */
class KillIT {
    private static final long START_MILLIS_MAX = 10_000;
    private static final String TEXT = "text/plain";
    private static final String JSON = "application/json";

    @TempDir
    private Path folder;

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final List<Worker> workers = new ArrayList<>();
    private volatile URI base;

    @Test
    void nothingAcknowledgedIsLostWhenTheProcessIsKilled() throws Exception {
        int rounds = Integer.getInteger("kill.rounds", 20);
        long seed = Long.getLong("kill.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 2; i++) {
            workers.add(new ProducingWriter("producer" + i, random.nextLong()));
            workers.add(new Writer("text" + i, TEXT, random.nextLong()));
            workers.add(new Replacer("replaced" + i, random.nextLong()));
        }
        workers.add(new Writer("json", JSON, random.nextLong()));
        workers.add(new Forker("fork", random.nextLong()));
        workers.add(new Reader(random.nextLong()));
        try {
            for (int round = 0; round < rounds; round++) {
                run(round, random);
            }
            stopProperly();
        } catch (Exception | AssertionError e) {
            throw new AssertionError("-Dkill.seed=" + seed + ": " + e.getMessage(), e);
        }
        long acknowledged =
                workers.stream().mapToLong(worker -> worker.acknowledged.get()).sum();
        assertThat(acknowledged).isGreaterThan(rounds * 20L);
    }

    private PackagedServer start(String durability) throws Exception {
        long begun = System.nanoTime();
        PackagedServer server = PackagedServer.start(
                PackagedServer.runningJava(),
                folder.resolve("log"),
                List.of(
                        "--shards",
                        "2",
                        "--data-dir",
                        folder.resolve("data").toString(),
                        "--durability",
                        durability,
                        "--checkpoint-bytes",
                        "128KiB",
                        "--checkpoint-interval",
                        "300ms",
                        "--segment-bytes",
                        "256KiB"));
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)).isLessThan(START_MILLIS_MAX);
        base = server.uri();
        return server;
    }

    private void run(int round, Random random) throws Exception {
        try (PackagedServer server = start(random.nextInt(3) == 0 ? "os" : "fsync")) {
            for (Worker worker : workers) {
                worker.verify();
            }
            long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200 + random.nextInt(900));
            List<Thread> threads = new ArrayList<>();
            for (Worker worker : workers) {
                Thread thread = new Thread(worker, "worker of round " + round);
                threads.add(thread);
                thread.start();
            }
            while (System.nanoTime() < deadline) {
                TimeUnit.NANOSECONDS.timedJoin(threads.get(0), Math.max(1, deadline - System.nanoTime()));
            }
            server.kill();
            for (Thread thread : threads) {
                thread.join();
            }
        }
        for (Worker worker : workers) {
            if (worker.failure != null) {
                throw worker.failure;
            }
        }
    }

    private void stopProperly() throws Exception {
        try (PackagedServer server = start("fsync")) {
            assertThat(server.stop()).isZero();
        }
        try (PackagedServer server = start("fsync")) {
            for (Worker worker : workers) {
                worker.verify();
            }
            assertThat(server.stop()).isZero();
        }
    }

    // ---- requests ----

    private HttpResponse<String> send(
            String method, String path, String query, String type, String body, String... fields)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path + query))
                .timeout(Duration.ofSeconds(10))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (type != null) {
            request.header("Content-Type", type);
        }
        if (fields.length > 0) {
            request.headers(fields);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    /** All of a stream, the messages of a JSON stream each followed by a comma; null if the stream does not exist. */
    private String read(String path, boolean json) throws IOException, InterruptedException {
        StringBuilder all = new StringBuilder();
        String offset = "-1";
        while (true) {
            HttpResponse<String> page = send("GET", path, "?offset=" + offset, null, null);
            if (page.statusCode() == 404 || page.statusCode() == 410) {
                return null;
            }
            assertThat(page.statusCode()).as(path + ": " + page.body()).isEqualTo(200);
            String text = page.body();
            if (json) {
                assertThat(text).startsWith("[").endsWith("]");
                text = text.length() == 2 ? "" : text.substring(1, text.length() - 1) + ",";
            }
            all.append(text);
            if (page.headers().firstValue("Stream-Up-To-Date").isPresent()) {
                return all.toString();
            }
            offset = page.headers().firstValue("Stream-Next-Offset").orElseThrow();
        }
    }

    // ---- what is known ----

    /** One request's bytes; not certain as long as no answer came and nobody looked. */
    private static final class Entry {
        final String text;
        boolean certain;

        Entry(String text) {
            this.text = text;
        }
    }

    /** What a stream must hold: the certain entries in order, and any of the others in their places. */
    private static final class Ledger {
        private final List<Entry> entries = new ArrayList<>();

        Entry add(String text) {
            Entry entry = new Entry(text);
            entries.add(entry);
            return entry;
        }

        /** From now on it is known which of the entries are stored. */
        void settle(String path, String content) {
            int at = 0;
            for (Entry entry : List.copyOf(entries)) {
                if (content.startsWith(entry.text, at)) {
                    entry.certain = true;
                    at += entry.text.length();
                } else {
                    assertThat(entry.certain)
                            .as("%s has lost %s at %d of %d", path, entry.text, at, content.length())
                            .isFalse();
                    entries.remove(entry);
                }
            }
            assertThat(content.length()).as("the end of %s", path).isEqualTo(at);
        }

        String text() {
            StringBuilder text = new StringBuilder();
            entries.forEach(entry -> text.append(entry.text));
            return text.toString();
        }
    }

    /** A client that uses the server until it is killed. */
    private abstract static class Worker implements Runnable {
        final Random random;
        volatile Exception failure;
        final AtomicLong acknowledged = new AtomicLong();

        Worker(long seed) {
            this.random = new Random(seed);
        }

        @Override
        public final void run() {
            try {
                while (true) {
                    step();
                    acknowledged.incrementAndGet();
                }
            } catch (IOException gone) {
                // The server was killed: what was asked last is not certain.
            } catch (Exception | AssertionError e) {
                failure = e instanceof Exception exception ? exception : new Exception(e);
            }
        }

        abstract void step() throws Exception;

        /** Checks that everything is stored that must be. */
        abstract void verify() throws Exception;
    }

    /** Appends to a stream, or several messages at once to one of JSON. */
    private final class Writer extends Worker {
        private final String path;
        private final String type;
        private final Ledger ledger = new Ledger();
        private boolean created;
        private int number;

        Writer(String path, String type, long seed) {
            super(seed);
            this.path = path;
            this.type = type;
        }

        @Override
        void step() throws Exception {
            if (!created) {
                assertThat(send("PUT", path, "", type, null).statusCode()).isBetween(200, 201);
                created = true;
            }
            StringBuilder text = new StringBuilder();
            boolean json = type.equals(JSON);
            for (int i = json ? 1 + random.nextInt(4) : 1; i > 0; i--) {
                String filler = "x".repeat(random.nextInt(20) == 0 ? 20_000 : random.nextInt(200));
                text.append(json ? "\"" + number + filler + "\"," : "<" + number + filler + ">");
                number++;
            }
            Entry entry = ledger.add(text.toString());
            String body = json ? "[" + text.substring(0, text.length() - 1) + "]" : text.toString();
            assertThat(send("POST", path, "", type, body, "Stream-Seq", String.format("%09d", number))
                            .statusCode())
                    .isEqualTo(204);
            entry.certain = true;
        }

        @Override
        void verify() throws Exception {
            String content = read(path, type.equals(JSON));
            assertThat(content != null || !created).as("%s exists", path).isTrue();
            if (content == null) {
                return;
            }
            ledger.settle(path, content);
            if (!content.isEmpty()) {
                int status = send("POST", path, "", type, "\"late\"", "Stream-Seq", "000000000")
                        .statusCode();
                assertThat(status).as("a Stream-Seq that goes back").isEqualTo(409);
            }
        }
    }

    /** Appends with an idempotent producer, which repeats what was not answered. */
    private final class ProducingWriter extends Worker {
        private final String path;
        private final StringBuilder text = new StringBuilder();
        private boolean created;
        private int seq;

        ProducingWriter(String path, long seed) {
            super(seed);
            this.path = path;
        }

        private String entry() {
            return "[" + seq + "x".repeat(seq % 97) + "]";
        }

        @Override
        void step() throws Exception {
            if (!created) {
                assertThat(send("PUT", path, "", TEXT, null).statusCode()).isBetween(200, 201);
                created = true;
            }
            HttpResponse<String> answer = send(
                    "POST",
                    path,
                    "",
                    TEXT,
                    entry(),
                    "Producer-Id",
                    "p",
                    "Producer-Epoch",
                    "0",
                    "Producer-Seq",
                    Integer.toString(seq));
            assertThat(answer.statusCode()).as(answer.body()).isIn(200, 204);
            text.append(entry());
            seq++;
        }

        @Override
        void verify() throws Exception {
            if (!created) {
                return;
            }
            step();
            assertThat(read(path, false)).isEqualTo(text.toString());
        }
    }

    /** Creates a stream, deletes it, and creates it again. */
    private final class Replacer extends Worker {
        private final String path;
        private int number;
        private String text;
        private String offset;
        private boolean certain = true;

        Replacer(String path, long seed) {
            super(seed);
            this.path = path;
        }

        @Override
        void step() throws Exception {
            String before = text;
            certain = false;
            if (before == null) {
                number++;
                text = "incarnation " + number;
                HttpResponse<String> answer = send("PUT", path, "", TEXT, text, "Stream-TTL", "3600");
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
                if (offset != null) {
                    assertThat(send("GET", path, "?offset=" + offset, null, null)
                                    .statusCode())
                            .as("an offset of a deleted stream")
                            .isEqualTo(410);
                }
                offset = answer.headers().firstValue("Stream-Next-Offset").orElseThrow();
            } else {
                text = null;
                assertThat(send("DELETE", path, "", null, null).statusCode()).isEqualTo(204);
                assertThat(read(path, false)).isNull();
            }
            certain = true;
        }

        @Override
        void verify() throws Exception {
            String content = read(path, false);
            if (certain) {
                assertThat(content).as(path).isEqualTo(text);
                return;
            }
            assertThat(content).as(path).isIn(null, "incarnation " + number, "incarnation " + (number - 1));
            text = content;
            certain = true;
        }
    }

    /** Forks streams across shards, and deletes the sources. */
    private final class Forker extends Worker {
        private final String name;
        private final Map<String, Ledger> ledgers = new HashMap<>();
        private String source;
        private int number;

        Forker(String name, long seed) {
            super(seed);
            this.name = name;
        }

        private Ledger ledger(String path, String text) {
            Ledger ledger = new Ledger();
            ledger.add(text).certain = true;
            ledgers.put(path, ledger);
            return ledger;
        }

        @Override
        void step() throws Exception {
            number++;
            if (source == null) {
                String made = name + "/source" + number;
                assertThat(send("PUT", made, "", TEXT, "source " + number + ";").statusCode())
                        .isEqualTo(201);
                ledger(made, "source " + number + ";");
                source = made;
                return;
            }
            Ledger ofSource = ledgers.get(source);
            Entry entry = ofSource.add("more " + number + ";");
            assertThat(send("POST", source, "", TEXT, entry.text).statusCode()).isEqualTo(204);
            entry.certain = true;
            String fork = name + "/fork" + number;
            assertThat(send("PUT", fork, "", null, null, "Stream-Forked-From", base.getPath() + source)
                            .statusCode())
                    .isEqualTo(201);
            Ledger ofFork = ledger(fork, ofSource.text());
            Entry own = ofFork.add("own " + number + ";");
            assertThat(send("POST", fork, "", TEXT, own.text).statusCode()).isEqualTo(204);
            own.certain = true;
            if (random.nextInt(5) == 0) {
                String gone = source;
                source = null;
                ledgers.remove(gone);
                assertThat(send("DELETE", gone, "", null, null).statusCode()).isEqualTo(204);
            }
        }

        @Override
        void verify() throws Exception {
            for (Map.Entry<String, Ledger> known : ledgers.entrySet()) {
                String content = read(known.getKey(), false);
                assertThat(content).as("%s exists", known.getKey()).isNotNull();
                known.getValue().settle(known.getKey(), content);
            }
        }
    }

    /** Reads what others write: what was seen must stay. */
    private final class Reader extends Worker {
        private final Map<String, String> seen = new HashMap<>();

        Reader(long seed) {
            super(seed);
        }

        @Override
        void step() throws Exception {
            String path = List.of("text0", "text1", "producer0", "json").get(random.nextInt(4));
            String content = read(path, path.equals("json"));
            if (content != null) {
                seen.put(path, content);
            }
        }

        @Override
        void verify() throws Exception {
            for (Map.Entry<String, String> known : seen.entrySet()) {
                assertThat(read(known.getKey(), known.getKey().equals("json")))
                        .as("what was seen of %s", known.getKey())
                        .startsWith(known.getValue());
            }
        }
    }
}
