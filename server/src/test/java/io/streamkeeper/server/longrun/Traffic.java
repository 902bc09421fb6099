package io.streamkeeper.server.longrun;

import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One client with streams of its own, and the model of them. Its thread is a new one for each start of the server; the
 * model goes from one to the next. What it does is decided by its {@link Random}; when, by the server.
 */
final class Traffic implements Runnable {
    private static final int STREAMS_MAX = 24;

    /** What one client that does not fill a small disk has there: the reserve suffices to write it to a checkpoint. */
    private static final int SMALL_DISK_BYTES_MAX = 300_000;

    /** The server has refused a request temporarily, and it has no effect. */
    static final class Later extends Exception {
        private static final long serialVersionUID = 1L;

        Later(String message) {
            super(message);
        }
    }

    /** What a client does while its server is about to end. */
    enum Role {
        /** It appends all the time. */
        APPENDS,
        /** It appends as a producer all the time. */
        PRODUCER,
        /** It continues its traffic. */
        ANYTHING,
        /** It fills the disk, always. */
        FILLS
    }

    final String name;
    final Role role;
    final ServerClock clock;
    final Random random;
    final Reach reach;
    final List<ModelStream> streams = new ArrayList<>();
    private final Lives lives;
    private final Writes writes;
    private final Reads reads;
    private final Listings listings;
    private final Registries registries;
    private boolean readsRegistry;
    private final Settlement settlement;
    private final Flow flow;
    private final Fills fills;
    private final Plan.Place place;
    private int clockMoves;
    private URI server = URI.create("http://localhost/");
    private String credentials = "";
    private @Nullable Wire wire;
    private volatile boolean ending;
    private volatile @Nullable Throwable failure;
    private volatile boolean settled;
    private long sentNanos;
    private int units;
    private int paths;

    Traffic(String name, Role role, Plan.Place place, ServerClock clock, long seed, Reach reach) {
        this.name = name;
        this.place = place;
        this.role = role;
        this.clock = clock;
        this.random = new Random(seed);
        this.reach = reach;
        this.lives = new Lives(this);
        this.writes = new Writes(this);
        this.reads = new Reads(this);
        this.listings = new Listings(this);
        this.registries = new Registries(this);
        this.settlement = new Settlement(this);
        this.flow = new Flow(this);
        this.fills = new Fills(this);
    }

    // ---- from one start to the next ----

    /** The server is ready, after an end of this kind: what was in doubt is settled first. */
    Thread start(URI newServer, String newCredentials, String lastEnd) {
        if (lastEnd.equals("SIGKILL")) {
            streams.forEach(ModelStream::killed);
        }
        if (clock.moves() != clockMoves) {
            clockMoves = clock.moves();
            streams.forEach(ModelStream::startedWithAnotherClock);
        }
        fills.begin();
        server = newServer;
        credentials = newCredentials;
        listings.restarted();
        ending = false;
        settled = false;
        settlement.after(lastEnd);
        Thread thread = new Thread(this, name);
        thread.start();
        return thread;
    }

    /** Whether the next server has a registry that this client may read. */
    void readsRegistry(boolean reads) {
        readsRegistry = reads;
    }

    /** From now on the server may end at any time. */
    void ending() {
        ending = true;
    }

    /** Whether it does all that its role demands at the end, or cannot any more. */
    boolean isReadyForTheEnd() {
        return failure != null
                || switch (role) {
                    case APPENDS, PRODUCER -> flow.isUnderWay();
                    case ANYTHING -> true;
                    case FILLS -> fills.isFull();
                };
    }

    /** Whether its server adds offsets to state messages. */
    boolean addsOffsets() {
        return place.addsOffsets();
    }

    /** Whether its disk is small: any append may be refused, and others after it not. */
    boolean isRefused() {
        return place == Plan.Place.SMALL_DISK;
    }

    /** The disk that it fills. */
    void fills(SmallDisk disk) {
        fills.on(disk);
    }

    /** By how much a start may lengthen a sliding life. */
    long startsAddMillis() {
        return Plan.checkpointMillisMax(place);
    }

    /** Whether everything has been compared with the model since the start. */
    boolean isSettled() {
        return settled || failure != null;
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    /** The next start has another, empty data directory. */
    void forget() {
        streams.clear();
        listings.forget();
    }

    @Override
    public void run() {
        try {
            settlement.settle();
            settled = true;
            while (true) {
                step();
            }
        } catch (IOException e) {
            if (!ending) {
                failure = new AssertionError(name + ": the connection ended, but the server was not, " + e, e);
            }
        } catch (Throwable e) {
            failure = e;
        } finally {
            streams.forEach(stream -> stream.life.mayBeUsed());
            disconnect();
        }
    }

    private void step() throws IOException {
        try {
            if (role == Role.FILLS) {
                fills.step(ending);
            } else if (ending && role != Role.ANYTHING && !hasMuch() && random.nextInt(8) > 0) {
                flow.run(role == Role.PRODUCER);
            } else {
                anything();
            }
        } catch (Later e) {
            certain();
            reach.count("later: " + e.getMessage());
        }
    }

    /** What was refused has left no trace. */
    void certain() {
        streams.forEach(ModelStream::certain);
    }

    private void anything() throws IOException, Later {
        if (random.nextInt(30) == 0) {
            listings.list();
            return;
        }
        if (readsRegistry && !ending && random.nextInt(60) == 0) {
            registries.read();
            return;
        }
        if (streams.isEmpty() || hasMuch() || random.nextInt(12) == 0) {
            if (streams.size() < STREAMS_MAX && !hasMuch()) {
                lives.begin();
            } else {
                lives.end();
            }
            return;
        }
        ModelStream stream = pick();
        if (stream.life.mayEndSoon() || stream.deleted) {
            lives.lookAtTheGone(stream);
        } else {
            use(stream);
        }
    }

    private boolean hasMuch() {
        return isRefused()
                && streams.stream().mapToInt(stream -> stream.content.length()).sum() > SMALL_DISK_BYTES_MAX;
    }

    private void use(ModelStream stream) throws IOException, Later {
        try {
            if (stream.isChanging || random.nextInt(30) == 0) {
                lives.change(stream);
            }
            if (random.nextInt(5) < 3) {
                writes.write(stream);
            } else {
                reads.read(stream);
            }
        } catch (IOException e) {
            if (!ending && mayEndEarly(stream, e)) {
                disconnect();
                throw new Later("what was read expired meanwhile");
            }
            throw new IOException("with " + stream + ": " + e, e);
        } finally {
            stream.life.mayBeUsed();
        }
    }

    /** Whether an answer may have ended before it was complete, because the rest is not there any more. */
    private static boolean mayEndEarly(ModelStream stream, IOException end) {
        boolean hasExpired = stream.life.endsByTheClock() && stream.life.mayHaveEnded();
        return end instanceof EOFException && (hasExpired || stream.keptSeconds > 0);
    }

    /** Any stream, but seldom one that is deleted: with it there is little to do. */
    ModelStream pick() {
        ModelStream stream = streams.get(random.nextInt(streams.size()));
        return stream.deleted && random.nextInt(8) > 0 ? streams.get(random.nextInt(streams.size())) : stream;
    }

    String newPath() {
        paths++;
        return name + "/" + paths;
    }

    String newUnit() {
        units++;
        return name + "-" + units;
    }

    // ---- requests ----

    private Wire wire() throws IOException {
        Wire open = wire;
        if (open == null) {
            open = new Wire(server, credentials);
            wire = open;
        }
        return open;
    }

    void disconnect() {
        try {
            if (wire != null) {
                wire.close();
            }
        } catch (IOException e) {
            // It is not used afterwards.
        }
        wire = null;
    }

    String target(ModelStream stream, String query) {
        return target(stream.path) + query;
    }

    String target(String path) {
        return server.getPath() + path;
    }

    /** Sends a request and takes its answer. */
    Wire.Answer exchange(String method, String target, String body, String... fields) throws IOException, Later {
        return exchange(List.of(Wire.request(method, target, body, fields)), method.equals("HEAD"))
                .get(0);
    }

    /** Sends requests in one piece and takes their answers, which come in order. */
    List<Wire.Answer> exchange(List<String> requests, boolean head) throws IOException, Later {
        List<Wire.Answer> answers = new ArrayList<>();
        try {
            sentNanos = System.nanoTime();
            wire().send(String.join("", requests));
            for (int i = 0; i < requests.size(); i++) {
                Wire.Answer answer = wire().receive(head);
                if (answer.field("connection").equalsIgnoreCase("close")) {
                    disconnect();
                    if (i + 1 < requests.size()) {
                        throw new IOException("the server closes the connection before it has answered everything");
                    }
                }
                answers.add(answer);
            }
        } catch (IOException e) {
            disconnect();
            throw e;
        }
        if (answers.size() == 1) {
            laterOf(answers.get(0));
        }
        return answers;
    }

    /** A request is sent now, over a further connection. */
    void sends() {
        sentNanos = System.nanoTime();
    }

    /** When the last request was sent. */
    long sentNanos() {
        return sentNanos;
    }

    /** A further connection. */
    Wire another() throws IOException {
        return new Wire(server, credentials);
    }

    /** The events of a stream up to its tail, over a connection of its own. */
    Wire.Events events(String target) throws IOException, Later {
        try (Wire own = new Wire(server, credentials)) {
            sentNanos = System.nanoTime();
            own.send(Wire.request("GET", target, ""));
            Wire.Events events = own.events();
            laterOf(events.head());
            return events;
        }
    }

    Wire.Events eventsOfStreams(String method, String target, String body, ModelStream.Kind kind, String... fields)
            throws IOException, Later {
        try (Wire own = new Wire(server, credentials)) {
            sentNanos = System.nanoTime();
            own.send(Wire.request(method, target, body, fields));
            Wire.Events events = own.eventsOfStreams(kind == ModelStream.Kind.BINARY);
            laterOf(events.head());
            return events;
        }
    }

    /** The only failures that a server may answer with: it says when to come again, or that there is no room. */
    static void laterOf(Wire.Answer answer) throws Later {
        if (answer.status() == 503 && List.of("overloaded", "shutting_down").contains(answer.code())) {
            if (answer.field("retry-after").isEmpty()) {
                throw new AssertionError("a 503 without Retry-After: " + answer);
            }
            throw new Later("503 " + answer.code());
        }
        if (answer.status() == 507) {
            throw new Later("507 " + answer.code());
        }
    }

    /** Requires an answer to have one of these statuses, unless the stream may have expired before it was given. */
    Wire.Answer expect(Wire.Answer answer, ModelStream stream, String what, int... statuses) throws IOException, Later {
        for (int status : statuses) {
            if (answer.status() == status) {
                return answer;
            }
        }
        boolean isGone = answer.status() == 404 || answer.code().equals("stream_deleted");
        // A moment that has passed is refused where a stream is created again.
        boolean isPast = answer.status() == 400 && stream.life.endsByTheClock();
        if ((isGone || isPast) && stream.life.mayHaveEnded()) {
            throw new Later("it has expired meanwhile");
        }
        if (answer.status() == 201 && stream.life.mayHaveEnded()) {
            exchange("DELETE", target(stream, ""), "");
            lives.gone(stream);
            throw new Later("it has expired meanwhile, and another was created in its place");
        }
        throw new AssertionError(
                what + " " + stream + ": expected " + java.util.Arrays.toString(statuses) + ", got " + answer);
    }

    void require(boolean holds, ModelStream stream, String what) {
        if (!holds) {
            throw new AssertionError(what + ": " + stream);
        }
    }
}
