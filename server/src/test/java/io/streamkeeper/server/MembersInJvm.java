package io.streamkeeper.server;

import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.streamkeeper.client.api.Batch;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.StreamException;
import io.streamkeeper.cluster.ClusterMember;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.wire.LoopGuard;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/** The members of a cluster in this JVM, without HTTP. */
final class MembersInJvm implements AutoCloseable {
    static final List<String> NAMES = List.of("n1", "n2", "n3");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Held, because the logging of the JDK forgets the levels of loggers that nothing refers to. */
    private static final java.util.logging.Logger GRPC = java.util.logging.Logger.getLogger("org.apache.ratis");

    static {
        // They warn of each member that cannot be reached.
        ((Logger) LoggerFactory.getLogger("org.apache.ratis")).setLevel(Level.OFF);
        GRPC.setLevel(java.util.logging.Level.OFF);
    }

    /** What a client does at the member that leads. */
    interface Call<T> {
        T on(BlockingStreams streams) throws InterruptedException;
    }

    private final Path folder;
    private final UnaryOperator<ServerConfig.Builder> change;
    private final String members;
    private final Map<String, String> addresses = new ConcurrentHashMap<>();
    private final Map<String, DurableStreams> running = new ConcurrentHashMap<>();
    private final Set<String> joining = ConcurrentHashMap.newKeySet();
    private long logKeptBytes;

    MembersInJvm(Path folder) throws IOException {
        this(folder, config -> config);
    }

    /** Members whose configuration is changed. */
    MembersInJvm(Path folder, UnaryOperator<ServerConfig.Builder> change) throws IOException {
        LoopGuard.install();
        this.folder = folder;
        this.change = change;
        List<ServerSocket> sockets = new ArrayList<>();
        for (int each = 0; each < NAMES.size(); each++) {
            sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        }
        this.members = NAMES.stream()
                .map(name ->
                        name + "=127.0.0.1:" + sockets.get(NAMES.indexOf(name)).getLocalPort())
                .collect(Collectors.joining(","));
        for (ServerSocket socket : sockets) {
            socket.close();
        }
    }

    /** From the next starts on, members keep so much of the log for others. */
    MembersInJvm keepingLog(long bytes) {
        logKeptBytes = bytes;
        return this;
    }

    /** A member that is started without the permission to be created. */
    void joins(String name) {
        joining.add(name);
    }

    /** A member with another name than those of the beginning, which receives the state of the others. */
    void joinsAs(String name) throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            addresses.put(name, name + "=127.0.0.1:" + socket.getLocalPort());
        }
        joins(name);
    }

    /** The item of the list of members for such a member. */
    String item(String name) {
        return Objects.requireNonNull(addresses.get(name), name);
    }

    private String listFor(String name) {
        String added = addresses.get(name);
        return added == null ? members : members + "," + added;
    }

    ServerConfig config(String name) {
        return change.apply(base(name)).build();
    }

    private ServerConfig.Builder base(String name) {
        return ServerConfig.builder()
                .listen(listen -> listen.port(0).shards(3).adminListen("127.0.0.1:0"))
                .data(data -> data.directory(folder.resolve(name))
                        .checkpointBytes(64 << 10)
                        .checkpointMillis(500)
                        .registry(true))
                .cluster(cluster -> cluster.members(listFor(name))
                        .self(name)
                        .create(!joining.contains(name))
                        .electionTimeoutMillis(400)
                        .logKeptBytes(logKeptBytes))
                .subscriptions(subscriptions -> subscriptions.localWebhooks(true));
    }

    void startAll() throws IOException {
        for (String name : NAMES) {
            start(name);
        }
    }

    /** Starts all members, each with a server; the caller closes the servers, by the names of their members. */
    Map<String, DurableStreamsServer> startServers() throws IOException {
        startAll();
        Map<String, DurableStreamsServer> servers = new TreeMap<>();
        for (String name : NAMES) {
            servers.put(name, DurableStreamsServer.start(streams(name)));
        }
        return servers;
    }

    void start(String name) throws IOException {
        running.put(name, DurableStreams.open(config(name)));
    }

    void end(String name) {
        DurableStreams streams = running.remove(name);
        if (streams != null) {
            streams.close();
        }
    }

    boolean runs(String name) {
        return running.containsKey(name);
    }

    DurableStreams streams(String name) {
        DurableStreams streams = running.get(name);
        if (streams == null) {
            throw new IllegalStateException(name + " does not run");
        }
        return streams;
    }

    ClusterMember member(String name) {
        ClusterMember member = streams(name).cluster();
        if (member == null) {
            throw new IllegalStateException(name + " is not a member");
        }
        return member;
    }

    String leader() {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() ->
                        running.keySet().stream().anyMatch(name -> member(name).leads()));
        return running.keySet().stream()
                .filter(name -> member(name).leads())
                .findFirst()
                .orElseGet(this::leader);
    }

    String follower() {
        String leader = leader();
        return running.keySet().stream()
                .filter(name -> !name.equals(leader))
                .findFirst()
                .orElseThrow();
    }

    /** Has one of the members do something that only a leader does, however often that takes. */
    <T> T atLeader(Call<T> call) {
        return await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> resultsAtLeaders(call), results -> !results.isEmpty())
                .get(0);
    }

    /** The result of the first member that leads and takes the request; empty if none does. */
    private <T> List<T> resultsAtLeaders(Call<T> call) throws InterruptedException {
        for (DurableStreams streams : running.values()) {
            ClusterMember member = streams.cluster();
            if (member != null && member.leads()) {
                try {
                    return Collections.singletonList(call.on(streams.blocking()));
                } catch (StreamException.Unavailable e) {
                    // It leads no more, or not yet: it is tried again.
                }
            }
        }
        return List.of();
    }

    /** Waits until a member has what was acknowledged before. */
    void awaitBarrier(String name) {
        await().atMost(PATIENCE)
                .until(() -> member(name)
                        .readBarrier()
                        .handle((done, failure) -> failure == null)
                        .join());
    }

    /** All that a member has of a stream. */
    String text(String name, String path) throws InterruptedException {
        return text(streams(name).blocking(), path);
    }

    /** All that a store has of a stream. */
    static String text(BlockingStreams streams, String path) throws InterruptedException {
        StringBuilder text = new StringBuilder();
        From from = From.beginning();
        while (true) {
            Batch batch = streams.read(path, from);
            text.append(batch.text());
            if (batch.upToDate()) {
                return text.toString();
            }
            from = From.offset(batch.nextOffset());
        }
    }

    /** Checks that all members have the same in each of these streams. */
    void awaitEqual(List<String> paths) throws InterruptedException {
        awaitEqual(NAMES, paths);
    }

    /** Checks that these members have the same in each of these streams. */
    void awaitEqual(Collection<String> names, List<String> paths) throws InterruptedException {
        names.forEach(this::awaitBarrier);
        for (String path : paths) {
            List<String> texts = new ArrayList<>();
            for (String name : names) {
                texts.add(text(name, path) + streams(name).blocking().metadata(path));
            }
            if (texts.stream().distinct().count() != 1) {
                throw new AssertionError(path + " differs: " + texts);
            }
        }
    }

    @Override
    public void close() {
        running.values().forEach(DurableStreams::close);
        LoopGuard.assertNothingBlocked();
    }
}
