package io.streamkeeper.server;

import static org.awaitility.Awaitility.await;

import io.streamkeeper.protocol.network.TestNetwork;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The members of a cluster, each a process of the packaged jar. */
public final class ClusterProcesses implements AutoCloseable {
    /** How many members there are. */
    public static final int COUNT = 3;

    private static final Duration READY_MAX = Duration.ofMinutes(2);
    private static final List<String> NAMES =
            IntStream.range(0, COUNT).mapToObj(ClusterProcesses::name).toList();

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final Path folder;
    private final List<String> extra;
    private final List<Integer> ports;
    private final TestNetwork network = new TestNetwork(NAMES);
    private final PackagedServer[] running = new PackagedServer[COUNT];
    private final Path[] directories = new Path[COUNT];
    private final Path[] launchers = new Path[COUNT];
    private List<String> javaFlags = List.of();
    private List<String> access = List.of();
    private String credentials = "X-Nothing: 1";
    private int starts;

    /** Members whose data is below {@code folder}, with these flags for each. */
    public ClusterProcesses(Path folder, String... extra) throws IOException {
        this.folder = folder;
        this.extra = new ArrayList<>(List.of(extra));
        List<ServerSocket> sockets = new ArrayList<>();
        for (int each = 0; each < 2 * COUNT; each++) {
            sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        }
        this.ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        NAMES.forEach(name -> network.lead(name, peerPort(name)));
        for (int node = 0; node < COUNT; node++) {
            place(node, folder.resolve(name(node)), PackagedServer.runningJava());
        }
    }

    /** Where a member has its data from its first start on, and what runs it as {@code java} would. */
    public void place(int node, Path directory, Path launcher) {
        directories[node] = directory;
        launchers[node] = launcher;
    }

    private int peerPort(String name) {
        return ports.get(COUNT + NAMES.indexOf(name));
    }

    /** The members as one of them reaches the others: over the network that the test cuts. */
    private String seenBy(String self) {
        return NAMES.stream()
                .map(name -> name + "=127.0.0.1:" + (name.equals(self) ? peerPort(name) : network.port(self, name)))
                .collect(Collectors.joining(","));
    }

    /** The name of a member. */
    public static String name(int node) {
        return "n" + (node + 1);
    }

    /** Has receivers of webhooks reach the streams at one of the members, whichever sends; before a start. */
    void publicUrl(int node) {
        extra.addAll(List.of("--public-url", uri(node).toString()));
    }

    /** From the next start on, members have these flags of the JVM in addition. */
    public void javaFlags(List<String> flags) {
        javaFlags = flags;
    }

    /**
     * From the next start on, members have these flags in addition, by which clients may use them.
     *
     * @param field the field with the credentials of one who may use what is below {@code probe/}
     */
    public void access(List<String> flags, String field) {
        access = flags;
        credentials = field;
    }

    /** Starts all members, one after the other. */
    public void startAll() throws IOException {
        for (int node = 0; node < COUNT; node++) {
            start(node);
        }
    }

    /** Starts a member, and returns when it has said that it is ready. */
    public void start(int node) throws IOException {
        List<String> flags = new ArrayList<>(List.of(
                "--port",
                ports.get(node).toString(),
                "--data-dir",
                directories[node].toString(),
                "--checkpoint-bytes",
                "128KiB",
                "--checkpoint-interval",
                "500ms",
                "--cluster",
                seenBy(name(node)),
                "--cluster-self",
                name(node),
                "--cluster-create"));
        flags.addAll(extra);
        flags.addAll(access);
        List<String> jvm = new ArrayList<>(List.of("-Xmx192m", "-Dio.netty.leakDetection.level=disabled"));
        jvm.addAll(javaFlags);
        starts++;
        running[node] = PackagedServer.start(
                launchers[node], jvm, Map.of(), folder.resolve(name(node) + "-" + starts + ".log"), flags);
    }

    /** Where the streams of a member are, whether it runs or not. */
    public URI uri(int node) {
        return URI.create("http://127.0.0.1:" + ports.get(node) + "/v1/stream/");
    }

    /** The member that leads; -1 if none says so. */
    public int leader() throws InterruptedException {
        for (int node = 0; node < COUNT; node++) {
            if (leads(node)) {
                return node;
            }
        }
        return -1;
    }

    /** Whether a member decides itself about a request that must not be passed on. */
    private boolean leads(int node) throws InterruptedException {
        String[] field = credentials.split(": ", 2);
        HttpRequest request = HttpRequest.newBuilder(uri(node).resolve("probe/no-such-stream"))
                .timeout(Duration.ofSeconds(2))
                .header("Content-Type", "text/plain")
                .header("X-Stream-Forwarded", "1")
                .header(field[0], field[1])
                .POST(BodyPublishers.ofString("x"))
                .build();
        try {
            return client.send(request, BodyHandlers.discarding()).statusCode() == 404;
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns when all members are ready. */
    public void awaitAllReady() {
        for (int node = 0; node < COUNT; node++) {
            int each = node;
            await().atMost(READY_MAX).until(() -> isReady(each));
        }
    }

    /** Whether a member takes requests. */
    public boolean isReady(int node) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri(node).resolve("/health/ready"))
                .timeout(Duration.ofSeconds(2))
                .build();
        try {
            return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** Cuts the connections of a member to the others and back, or lets them connect again. */
    public void cut(int node, boolean isCut) {
        network.cut(name(node), isCut);
    }

    /** Cuts the connections that a member opens to another one, or lets it connect again. */
    public void cut(int from, int to, boolean isCut) {
        network.cut(name(from), name(to), isCut);
    }

    /** The process of a member, also one that has ended. */
    public PackagedServer process(int node) {
        return running[node];
    }

    /** Ends a member at once. */
    public void kill(int node) throws InterruptedException {
        running[node].kill();
        running[node].close();
    }

    /** Ends all members at once. */
    public void endAll() throws InterruptedException {
        for (PackagedServer server : running) {
            if (server != null) {
                server.kill();
            }
        }
    }

    @Override
    public void close() {
        for (PackagedServer server : running) {
            if (server != null) {
                server.close();
            }
        }
        network.close();
    }
}
