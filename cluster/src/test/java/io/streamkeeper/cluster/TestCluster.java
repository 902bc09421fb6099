package io.streamkeeper.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.streamkeeper.protocol.network.TestNetwork;
import io.streamkeeper.storage.disk.Clock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Three members in this JVM, each with a {@link HashMachine}, and the network between them. */
final class TestCluster implements AutoCloseable {
    static final List<String> NAMES = List.of("n1", "n2", "n3");
    /** A name of a member that is added later. */
    private static final String SPARE = "n4";

    private static final List<String> ALL =
            Stream.concat(NAMES.stream(), Stream.of(SPARE)).toList();
    static final int ELECTION_MILLIS = 400;
    static final LogLimits LIMITS = LogLimits.DEFAULT
            .withElectionTimeoutMillis(ELECTION_MILLIS)
            .withBytesInFlightMax(16 << 20)
            .withFrameBytesMax(12 << 20)
            .withSegmentBytes(8 << 20);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Held, because the logging of the JDK forgets the levels of loggers that nothing refers to. */
    private static final java.util.logging.Logger GRPC = java.util.logging.Logger.getLogger("org.apache.ratis");

    static {
        // They warn of each member that cannot be reached.
        ((Logger) LoggerFactory.getLogger("org.apache.ratis")).setLevel(Level.OFF);
        GRPC.setLevel(java.util.logging.Level.OFF);
    }

    final TestNetwork network = new TestNetwork(ALL);
    private final Path folder;
    private final LogLimits limits;
    private final Map<String, RaftNode> nodes = new LinkedHashMap<>();
    private final Map<String, HashMachine> machines = new LinkedHashMap<>();
    private final Map<String, TestClock> clocks = new HashMap<>();
    private final Map<String, PeerTls> identities = new HashMap<>();
    private final Set<Long> acknowledged = new HashSet<>();
    private long nextNumber;

    TestCluster(Path folder) {
        this(folder, LIMITS);
    }

    TestCluster(Path folder, LogLimits limits) {
        this.folder = folder;
        this.limits = limits;
        ALL.forEach(name -> {
            machines.put(name, new HashMachine());
            clocks.put(name, new TestClock());
        });
    }

    TestCluster startAll() throws IOException {
        for (String name : NAMES) {
            RaftNode.create(config(name));
            start(name);
        }
        return this;
    }

    Path directory(String name) {
        return folder.resolve(name);
    }

    ClusterConfig config(String name) {
        return new ClusterConfig(
                "test",
                (name.equals(SPARE) ? ALL : NAMES)
                        .stream()
                                .map(to -> new Member(to, "127.0.0.1", network.port(name, to)))
                                .toList(),
                name,
                "127.0.0.1",
                0,
                directory(name),
                limits,
                identities.get(name),
                Map.of());
    }

    /** Moves the clock of a member. */
    void moveClock(String name, long millis) {
        clocks.get(name).aheadMillis = millis;
    }

    private static final class TestClock implements Clock {
        volatile long aheadMillis;

        @Override
        public long nowMillis() {
            return Clock.SYSTEM.nowMillis() + aheadMillis;
        }

        @Override
        public long monotonicNanos() {
            return Clock.SYSTEM.monotonicNanos();
        }
    }

    /** The certificates of a member from its next start on. */
    void useTls(String name, PeerTls tls) {
        identities.put(name, tls);
    }

    RaftNode start(String name) throws IOException {
        return start(name, machine(name).last());
    }

    RaftNode start(String name, LogPosition from) throws IOException {
        RaftNode node = RaftNode.start(
                MemberDirectory.open(config(name), from), machine(name), clocks.get(name), PeerRequests.NONE);
        nodes.put(name, node);
        network.lead(name, node.port());
        return node;
    }

    /** Starts a process that is no member yet, and knows those of the cluster; returns it as it is added. */
    Member startNew(String name) throws IOException {
        RaftNode.create(config(name));
        Path log = NodeDirectory.log(directory(name), MemberDirectory.groupOf(config(name)));
        Path known = NodeDirectory.log(directory(leader()), MemberDirectory.groupOf(config(name)));
        Files.createDirectories(log);
        Files.copy(known.resolve("raft-meta.conf"), log.resolve("raft-meta.conf"));
        Files.writeString(log.resolve("raft-meta"), "term=0\nvotedFor=\n");
        return new Member(name, "127.0.0.1", start(name).port());
    }

    /** Ends a member without a message to the others, as if its process were killed. */
    void kill(String name) {
        network.cut(name, true);
        RaftNode node = nodes.remove(name);
        if (node != null) {
            node.close(false);
        }
        network.lead(name, 0);
        network.cut(name, false);
    }

    /** Starts a member that has failed with the state that it had. */
    void restartWithState(String name) throws IOException {
        machine(name).recover();
        start(name);
    }

    /** Gives a member an empty state, which it fills by receiving all frames again. */
    void forget(String name) {
        machines.put(name, new HashMachine());
    }

    RaftNode node(String name) {
        RaftNode node = nodes.get(name);
        if (node == null) {
            throw new IllegalStateException(name + " does not run");
        }
        return node;
    }

    HashMachine machine(String name) {
        HashMachine machine = machines.get(name);
        if (machine == null) {
            throw new IllegalStateException(name);
        }
        return machine;
    }

    static ConditionFactory soon() {
        return await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5));
    }

    /** Waits for a leader among the running members. */
    String leader() {
        return leaderOtherThan("");
    }

    String leaderOtherThan(String other) {
        soon().until(() -> ready(other) != null);
        String found = ready(other);
        return found == null ? leaderOtherThan(other) : found;
    }

    private @Nullable String ready(String other) {
        return nodes.keySet().stream()
                .filter(name -> !name.equals(other) && machine(name).epoch() != 0)
                .findAny()
                .orElse(null);
    }

    String followerOf(String leader) {
        return NAMES.stream()
                .filter(name -> !name.equals(leader) && nodes.containsKey(name))
                .findFirst()
                .orElseThrow();
    }

    /** Proposes frames of some bytes each at a member; returns their numbers, without those that were not proposed. */
    List<Long> propose(String name, int frames, int bytes) {
        List<Long> proposed = new ArrayList<>();
        for (int each = 0; each < frames; each++) {
            long number = nextNumber++;
            ProposedFrame frame = soon().until(() -> node(name).reserve(bytes), Objects::nonNull);
            fill(frame.bytes(), number);
            if (node(name).propose(machine(name).epoch(), frame)) {
                proposed.add(number);
            }
        }
        return proposed;
    }

    /** Fills a frame as {@link #propose} does. */
    void fillNext(ProposedFrame frame) {
        fill(frame.bytes(), nextNumber++);
    }

    private static void fill(ByteBuffer frame, long number) {
        frame.putLong(number);
        for (int each = 0; frame.hasRemaining(); each++) {
            frame.put((byte) (number + each));
        }
    }

    /** Proposes frames at the leader, and waits until it has received them: they are acknowledged then. */
    List<Long> write(String leader, int frames, int bytes) {
        List<Long> numbers = propose(leader, frames, bytes);
        assertThat(numbers).hasSize(frames);
        soon().until(() -> machine(leader).numbers().containsAll(numbers));
        acknowledged.addAll(numbers);
        return numbers;
    }

    /** Waits until a member has received everything that is acknowledged. */
    void awaitAll(String name) {
        soon().until(() -> new HashSet<>(machine(name).numbers()).containsAll(acknowledged));
    }

    /**
     * Waits until all running members have the same frames, and checks what must hold: the hash is equal at each index,
     * everything acknowledged is there, and nothing is there twice or out of order.
     */
    void check() {
        nodes.keySet().forEach(this::awaitAll);
        soon().until(() -> nodes.keySet().stream()
                        .map(name -> machine(name).last())
                        .distinct()
                        .count()
                == 1);
        NavigableMap<Long, Integer> expected =
                machine(nodes.keySet().iterator().next()).hashes();
        for (String name : nodes.keySet()) {
            assertThat(machine(name).hashes()).as("hashes of %s", name).isEqualTo(expected);
            assertThat(machine(name).numbers())
                    .as("frames of %s", name)
                    .isSorted()
                    .doesNotHaveDuplicates();
            assertThat(machine(name).failure()).as("failure of %s", name).isNull();
        }
    }

    @Override
    public void close() {
        nodes.values().parallelStream().forEach(node -> node.close(false));
        nodes.clear();
        network.close();
    }
}
