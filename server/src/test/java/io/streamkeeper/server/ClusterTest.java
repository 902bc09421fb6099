package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamkeeper.client.api.AppendOptions;
import io.streamkeeper.client.api.Content;
import io.streamkeeper.client.api.CreateOptions;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.protocol.output.MayLogFaults;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three members in this JVM, with the real log: what is acknowledged is on all of them, once and in order. */
@Timeout(180)
@MayLogFaults("was abandoned: {}")
class ClusterTest {
    private static final int TURNS = Integer.getInteger("cluster.turns", 6);
    private static final int WRITERS = 4;
    private static final int APPENDS_BETWEEN = 100;
    private static final int APPENDS_WITHOUT = 10;
    private static final int STREAMS = 5;
    private static final Pattern TOKEN = Pattern.compile("<([0-9]+):([0-9]+):([0-9]+)>");

    @TempDir
    Path folder;

    @Test
    void whatIsAcknowledgedIsOnAllMembersOnceWhileTheyEndAndStartAgain() throws Exception {
        try (MembersInJvm members = new MembersInJvm(folder)) {
            members.startAll();
            for (int each = 0; each < STREAMS; each++) {
                String path = path(each);
                members.atLeader(streams -> streams.create(path, CreateOptions.text()));
            }
            AtomicBoolean ends = new AtomicBoolean();
            AtomicLong acknowledgements = new AtomicLong();
            ExecutorService threads = Executors.newCachedThreadPool();
            List<Future<Writer>> writers = new ArrayList<>();
            for (int each = 0; each < WRITERS; each++) {
                Writer writer = new Writer(members, each, ends, acknowledgements);
                writers.add(threads.submit(writer));
            }
            Future<Forker> forker = threads.submit(new Forker(members, ends));
            for (int turn = 0; turn < TURNS; turn++) {
                awaitMore(acknowledgements, APPENDS_BETWEEN);
                String name = turn % 3 == 2 ? members.follower() : members.leader();
                members.end(name);
                awaitMore(acknowledgements, APPENDS_WITHOUT);
                members.start(name);
            }
            ends.set(true);
            List<String> acknowledged = new ArrayList<>();
            for (Future<Writer> writer : writers) {
                acknowledged.addAll(writer.get().acknowledged);
            }
            Forker forks = forker.get();
            threads.shutdown();
            assertThat(acknowledged).hasSizeGreaterThan(50);

            List<String> paths = new ArrayList<>(forks.expected.keySet());
            for (int each = 0; each < STREAMS; each++) {
                paths.add(path(each));
            }
            members.awaitEqual(paths);
            Set<String> found = new HashSet<>();
            for (int each = 0; each < STREAMS; each++) {
                found.addAll(tokens(each, members.text(members.leader(), path(each))));
            }
            assertThat(found).containsAll(acknowledged);
            for (String path : forks.expected.keySet()) {
                assertThat(members.text(members.leader(), path)).as(path).isEqualTo(forks.expected.get(path));
            }
        }
    }

    private static void awaitMore(AtomicLong count, int more) {
        long until = count.get() + more;
        await().until(() -> count.get() >= until);
    }

    /** The tokens in a stream; those of each writer have the numbers from 0 on, in order. */
    private static List<String> tokens(int stream, String text) {
        List<String> tokens = new ArrayList<>();
        int[] next = new int[WRITERS];
        Matcher matcher = TOKEN.matcher(text);
        while (matcher.find()) {
            int writer = Integer.parseInt(matcher.group(1));
            assertThat(matcher.group()).isEqualTo("<" + writer + ":" + stream + ":" + next[writer] + ">");
            next[writer]++;
            tokens.add(matcher.group());
        }
        return tokens;
    }

    private static String path(int stream) {
        return "s/" + stream;
    }

    /** Appends to all streams, with a producer, and repeats what is not acknowledged. */
    private static final class Writer implements Callable<Writer> {
        final List<String> acknowledged = new ArrayList<>();
        private final MembersInJvm members;
        private final int number;
        private final AtomicBoolean ends;
        private final AtomicLong acknowledgements;
        private final Random random;
        private final long[] next = new long[STREAMS];

        Writer(MembersInJvm members, int number, AtomicBoolean ends, AtomicLong acknowledgements) {
            this.members = members;
            this.number = number;
            this.ends = ends;
            this.acknowledgements = acknowledgements;
            this.random = new Random(number);
        }

        @Override
        public Writer call() throws Exception {
            while (!ends.get()) {
                int stream = random.nextInt(STREAMS);
                long seq = next[stream];
                String token = "<" + number + ":" + stream + ":" + seq + ">";
                String text = token + "x".repeat(random.nextInt(10) == 0 ? 20_000 : random.nextInt(200));
                members.atLeader(streams -> streams.append(
                        path(stream), Content.text(text), AppendOptions.none().producer("w" + number, 0, seq)));
                acknowledged.add(token);
                acknowledgements.incrementAndGet();
                next[stream]++;
            }
            return this;
        }
    }

    /** Creates streams with forks, and deletes the sources, whose content the forks keep. */
    private static final class Forker implements Callable<Forker> {
        final Map<String, String> expected = new ConcurrentHashMap<>();
        private final MembersInJvm members;
        private final AtomicBoolean ends;

        Forker(MembersInJvm members, AtomicBoolean ends) {
            this.members = members;
            this.ends = ends;
        }

        @Override
        public Forker call() throws Exception {
            for (int number = 0; !ends.get(); number++) {
                String source = "d/" + number;
                String fork = "f/" + number;
                String text = "of " + source + " " + "y".repeat(100);
                members.atLeader(streams -> streams.create(source, CreateOptions.text()));
                members.atLeader(streams -> streams.append(
                        source, Content.text(text), AppendOptions.none().producer("d", 0, 0)));
                members.atLeader(streams -> streams.create(fork, CreateOptions.forkOf(source)));
                members.atLeader(streams -> {
                    try {
                        streams.delete(source);
                    } catch (StreamException.NotFound | StreamException.Deleted e) {
                        // An attempt whose outcome was not known has deleted it.
                    }
                    return null;
                });
                members.atLeader(streams -> streams.append(
                        fork, Content.text(" and more"), AppendOptions.none().producer("f", 0, 0)));
                expected.put(fork, text + " and more");
            }
            return this;
        }
    }
}
