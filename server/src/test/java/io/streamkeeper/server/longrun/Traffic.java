package io.streamkeeper.server.longrun;

import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One client with streams of its own, and the model of them. Its thread is a new one for each start of the server; the
 * model goes from one to the next. What it does is decided by its {@link Random}; when, by the server.
 */
final class Traffic implements Runnable {
    private static final int STREAMS_MAX = 24;

    /** A client of a cluster waits for so long before it repeats what was refused. */
    private static final int PAUSE_MILLIS = 10;

    /** What one client that does not fill a small disk has there: the reserve suffices to write it to a checkpoint. */
    private static final int SMALL_DISK_BYTES_MAX = 300_000;

    /** The server has refused a request temporarily, and it has no effect. */
    static final class Later extends Exception {
        private static final long serialVersionUID = 1L;

        Later(String message) {
            super(message);
        }
    }

    /** A member of a cluster has lost its leader before that has confirmed a request, which has an effect or has none. */
    static final class Unknown extends IOException {
        private static final long serialVersionUID = 1L;

        Unknown(String message) {
            super(message);
        }
    }

    /** What takes the answers to several requests, in order. */
    interface Taker {
        void take(Wire.Answer answer) throws IOException, Later;
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

    /**
     * Streams that take no part until the next start: a change of each was not answered, and a member of the cluster may
     * have it still.
     */
    private final List<ModelStream> resting = new ArrayList<>();

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
    private Servers servers = Servers.of(URI.create("http://localhost/"));
    private String credentials = "";
    private final Map<URI, Wire> wires = new HashMap<>();

    /** The only server to send requests to; null for any. */
    private @Nullable URI only;

    /** The target of a request that is not answered and may have an effect. */
    private String unansweredTarget = "";

    private volatile boolean ending;
    private volatile @Nullable Throwable failure;
    private volatile boolean settled;
    private volatile boolean over;
    private final AtomicLong answers = new AtomicLong();
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
    Thread start(Servers newServers, String newCredentials, String lastEnd) {
        streams.addAll(resting);
        resting.clear();
        if (lastEnd.equals("SIGKILL")) {
            streams.forEach(ModelStream::killed);
        }
        noteClock();
        fills.begin();
        servers = newServers;
        credentials = newCredentials;
        listings.restarted();
        ending = false;
        settled = false;
        over = false;
        settlement.after(lastEnd);
        Thread thread = new Thread(this, name);
        thread.start();
        return thread;
    }

    /** After a move of the clock, another leader of a cluster does not know for how long streams were not used. */
    private void noteClock() {
        if (clock.moves() != clockMoves) {
            clockMoves = clock.moves();
            streams.forEach(ModelStream::startedWithAnotherClock);
            resting.forEach(ModelStream::startedWithAnotherClock);
        }
    }

    /** Whether the next server has a registry that this client may read. */
    void readsRegistry(boolean reads) {
        readsRegistry = reads;
    }

    /** From now on the server may end at any time. */
    void ending() {
        ending = true;
    }

    /** All servers have ended: it ends too. A client of one server does so by itself. */
    void over() {
        over = true;
    }

    boolean isOver() {
        return over;
    }

    /** How many requests were answered. */
    long answers() {
        return answers.get();
    }

    Servers servers() {
        return servers;
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

    /** Whether its disk is small. */
    private boolean isOnSmallDisk() {
        return place == Plan.Place.SMALL_DISK;
    }

    /** Whether any append may be refused, and others after it not. */
    boolean isRefused() {
        return isOnSmallDisk() || servers.isCluster();
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
        resting.clear();
        listings.forget();
    }

    @Override
    public void run() {
        try {
            settlement.settle();
            if (readsRegistry && servers.isCluster()) {
                readRegistryOfEach();
            }
            settled = true;
            while (!over) {
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
            resting.forEach(stream -> stream.life.mayBeUsed());
            disconnect();
        }
    }

    private void readRegistryOfEach() throws IOException, Later {
        for (URI member : servers.members()) {
            at(member, registries::read);
        }
    }

    private void step() throws IOException, InterruptedException {
        if (servers.isCluster()) {
            noteClock();
        }
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
            unansweredTarget = "";
            reach.count("later: " + e.getMessage());
            pause();
        } catch (IOException e) {
            if (!servers.isCluster() || !ending) {
                throw e;
            }
            reach.count("not answered: " + (e instanceof Unknown ? "503 outcome_unknown" : "the connection was lost"));
            rest();
            pause();
        }
    }

    private void pause() throws InterruptedException {
        if (servers.isCluster()) {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }

    /**
     * A request was not answered, and other members are there. A stream that it may change, or that depends on one, takes
     * no part any more until all members have ended, unless a producer can repeat it.
     */
    private void rest() throws InterruptedException {
        String target = unansweredTarget;
        unansweredTarget = "";
        List<ModelStream> doubtful = streams.stream()
                .filter(stream -> stream.doubt != ModelStream.Doubt.NONE
                        || stream.isChanging
                        || target.equals(target(stream, "")))
                .toList();
        for (ModelStream stream : doubtful) {
            if (!settlement.isRepeated(stream)) {
                for (ModelStream each = stream; each != null; each = each.source) {
                    if (streams.remove(each)) {
                        resting.add(each);
                    }
                }
            }
        }
    }

    /** Whether a stream takes no part now. */
    boolean isResting(String path) {
        return resting.stream().anyMatch(stream -> stream.path.equals(path));
    }

    /** A stream does not exist any more. */
    void remove(ModelStream stream) {
        streams.remove(stream);
        resting.remove(stream);
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
        return isOnSmallDisk()
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

    private Wire wire() throws IOException, Later {
        URI server = server();
        Wire open = wires.get(server);
        if (open == null) {
            open = connect(server);
            wires.put(server, open);
        }
        open.waitsAtMost(servers.answerMillisMax(ending));
        return open;
    }

    private URI server() {
        return only != null ? only : servers.any(random);
    }

    private Wire connect(URI server) throws IOException, Later {
        try {
            Wire opened = new Wire(server, credentials);
            opened.waitsAtMost(servers.answerMillisMax(ending));
            return opened;
        } catch (IOException e) {
            if (servers.isCluster() && ending) {
                throw new Later("a member cannot be reached");
            }
            throw e;
        }
    }

    private void disconnect() {
        List.copyOf(wires.values()).forEach(this::disconnect);
    }

    private void disconnect(Wire wire) {
        try {
            wire.close();
        } catch (IOException e) {
            // It is not used afterwards.
        }
        wires.values().remove(wire);
    }

    /** What is done with requests that one server gets. */
    interface Step {
        void run() throws IOException, Later;
    }

    /** Sends all requests of a step to one of the servers. */
    void at(URI server, Step step) throws IOException, Later {
        only = server;
        try {
            step.run();
        } finally {
            only = null;
        }
    }

    String target(ModelStream stream, String query) {
        return target(stream.path) + query;
    }

    String target(String path) {
        return servers.root() + path;
    }

    /** Sends a request and takes its answer. */
    Wire.Answer exchange(String method, String target, String body, String... fields) throws IOException, Later {
        boolean isRead = method.equals("GET") || method.equals("HEAD");
        unansweredTarget = isRead ? "" : target;
        List<Wire.Answer> answers =
                exchange(List.of(Wire.request(method, target, body, fields)), method.equals("HEAD"));
        unansweredTarget = "";
        laterOf(answers.get(0));
        return answers.get(0);
    }

    /** Sends requests in one piece and returns their answers, which come in order. */
    List<Wire.Answer> exchange(List<String> requests, boolean head) throws IOException, Later {
        List<Wire.Answer> answers = new ArrayList<>();
        exchange(requests, head, answers::add);
        return answers;
    }

    /** Sends requests in one piece, and has each answer taken as it comes. */
    void exchange(List<String> requests, boolean head, Taker taker) throws IOException, Later {
        Wire open = wire();
        boolean isWhole = false;
        try {
            sentNanos = System.nanoTime();
            open.send(String.join("", requests));
            boolean closes = false;
            for (int i = 0; i < requests.size(); i++) {
                if (closes) {
                    throw new IOException("the server closes the connection before it has answered everything");
                }
                Wire.Answer answer = open.receive(head);
                closes = answer.field("connection").equalsIgnoreCase("close");
                unknownOf(answer);
                taker.take(answer);
                answers.incrementAndGet();
            }
            isWhole = !closes;
        } finally {
            if (!isWhole) {
                disconnect(open);
            }
        }
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
    Wire another() throws IOException, Later {
        return connect(server());
    }

    /** The events of a stream up to its tail, over a connection of its own. */
    Wire.Events events(String target) throws IOException, Later {
        try (Wire own = another()) {
            sentNanos = System.nanoTime();
            own.send(Wire.request("GET", target, ""));
            Wire.Events events = own.events();
            unknownOf(events.head());
            laterOf(events.head());
            return events;
        }
    }

    Wire.Events eventsOfStreams(String method, String target, String body, ModelStream.Kind kind, String... fields)
            throws IOException, Later {
        try (Wire own = another()) {
            sentNanos = System.nanoTime();
            own.send(Wire.request(method, target, body, fields));
            Wire.Events events = own.eventsOfStreams(kind == ModelStream.Kind.BINARY);
            unknownOf(events.head());
            laterOf(events.head());
            return events;
        }
    }

    /** What a member of a cluster answers to a request that it has lost sight of. */
    static void unknownOf(Wire.Answer answer) throws Unknown {
        if (answer.status() == 503 && answer.code().equals("outcome_unknown")) {
            throw new Unknown(answer.toString());
        }
    }

    /** The only failures that a server may answer with: it says when to come again, or that there is no room. */
    static void laterOf(Wire.Answer answer) throws Later {
        if (answer.status() == 503
                && List.of("overloaded", "shutting_down", "no_leader").contains(answer.code())) {
            if (answer.field("retry-after").isEmpty()) {
                throw new AssertionError("a 503 without Retry-After: " + answer);
            }
            throw new Later("503 " + answer.code());
        }
        if (answer.status() == 503
                && answer.body().isEmpty()
                && answer.field("stream-leader").equals("none")) {
            throw new Later("503 to a HEAD");
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

    /**
     * How an append is answered. A member of a cluster repeats that of a producer, if the leader is lost, so that it may
     * find it there.
     */
    int[] statuses(ModelStream.Unanswered append) {
        if (append.producer() == null) {
            return new int[] {204};
        }
        return servers.isCluster() ? new int[] {200, 204} : new int[] {200};
    }

    void require(boolean holds, ModelStream stream, String what) {
        if (!holds) {
            throw new AssertionError(what + ": " + stream);
        }
    }
}
