package io.streamkeeper.storage.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.ForkOrigin;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.protocol.ListQuery;
import io.streamkeeper.protocol.ListedStream;
import io.streamkeeper.protocol.MetadataChange;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Producer;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.Peek;
import io.streamkeeper.storage.Pieces;
import io.streamkeeper.storage.shard.ChangeHistory;
import io.streamkeeper.storage.shard.ListedPage;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.stream.ProducerLimits;
import io.streamkeeper.storage.stream.StreamState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Random commands of clients, with the answers that the rules of the protocol allow. */
final class Commands {
    private final World world;
    private final Random random;
    private final IdentityHashMap<SimulatedProcess.Shard, Followed> followed = new IdentityHashMap<>();
    private int number;

    Commands(World world) {
        this.world = world;
        this.random = world.random;
    }

    private String anyPath() {
        return world.clientPaths.get(random.nextInt(world.clientPaths.size()));
    }

    private ShardStore store(String path) {
        return world.process.of(path).store();
    }

    private boolean oneIn(int chances) {
        return random.nextInt(chances) == 0;
    }

    // ---- bodies ----

    /**
     * The stored form of what one request brings: of bytes one append, of JSON some messages, in which {@link
     * Version#OFFSET} is in the place of an offset that the store adds.
     */
    String[] anyStored(boolean json) {
        String[] stored = new String[json ? 1 + random.nextInt(3) : 1];
        for (int i = 0; i < stored.length; i++) {
            number++;
            String text = "<" + number + ">" + "x".repeat(oneIn(30) ? 900 : random.nextInt(12));
            stored[i] = json ? message(text) + "," : text;
        }
        return stored;
    }

    private String message(String text) {
        if (number % 3 != 0) {
            return "\"" + text + "\"";
        }
        return "{\"headers\":{\"control\":\"" + text + "\"" + (world.settings.addsOffsets() ? Version.OFFSET : "")
                + "}}";
    }

    static Body body(boolean json, String... stored) {
        String all = String.join("", stored);
        if (all.isEmpty()) {
            return Body.empty();
        }
        if (!json) {
            return Body.of(bytes(all));
        }
        JsonSplitter splitter =
                all.contains(Version.OFFSET) ? JsonSplitter.addingOffsets(Integer.MAX_VALUE) : new JsonSplitter();
        String sent = all.replace(Version.OFFSET, "");
        return splitter.split(bytes("[" + sent.substring(0, sent.length() - 1) + "]"));
    }

    /**
     * Some as long bodies are, in pieces that the journal takes over; by their text, so that no draw is spent on it.
     */
    private static ByteBuf bytes(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        return text.hashCode() % 3 == 0 ? Pieces.of(bytes, 1 + bytes.length / 3) : Unpooled.copiedBuffer(bytes);
    }

    // ---- create ----

    void create() {
        boolean json = oneIn(3);
        String[] stored = oneIn(2) ? new String[0] : anyStored(json);
        create(anyPath(), json, anyExpiry(), anyRetention(), oneIn(10), stored);
    }

    Replied create(String path, boolean json, Expiry expiry, Retention retention, boolean closed, String... stored) {
        ContentType type = json ? ContentType.JSON : ContentType.OCTET_STREAM;
        Command.Create command = new Command.Create(
                new StreamPath(path), type, expiry, retention, closed, null, Preconditions.NONE, body(json, stored));
        world.note();
        Version before = world.staged(path);
        Set<String> words = ofTaken(
                before,
                before != null
                        && before.of().json == json
                        && before.of().source == null
                        && before.expiry().equals(expiry)
                        && before.retention().equals(retention)
                        && before.closed() == closed);
        Replied answer = new Replied();
        long generation = generationAt(path);
        store(path).create(command, null, answer);
        if (answer.isTaken(generationAt(path) != generation)) {
            Incarnation created = new Incarnation(path, json, expiry, retention, closed, null, "", 0, world.clock);
            created.generation = generationAt(path);
            created(created, Version.created(created, stored), before, answer);
        } else {
            usedPerhaps(before, answer);
        }
        world.expect(words, answer, before == null ? null : before.of(), "create " + path + " over " + before);
        return answer;
    }

    /** What a create may be answered, given what is at its path. */
    Set<String> ofTaken(@Nullable Version before, boolean same) {
        Set<String> words = new HashSet<>();
        if (world.mayBeAlive(before)) {
            words.add(same ? "existed" : "stream_exists");
        }
        if (world.mayBeGone(before)) {
            World.Held held = world.heldAtPath(before);
            if (held != World.Held.NO) {
                words.add("stream_exists");
            }
            if (held != World.Held.YES) {
                words.add("created");
            }
        }
        return words;
    }

    /** The store has taken a creation. */
    void created(Incarnation created, Version version, @Nullable Version before, Replied answer) {
        assertThat(world.mayBeGone(before))
                .as("%s is created over %s", created, before)
                .isTrue();
        created.generation = generationAt(created.path);
        created.creation = answer;
        Incarnation same = world.incarnations.put(created.generation, created);
        assertThat(same == null || same.creation.isRefused() || !same.creation.isThere() || world.hasEverLost)
                .as("%s has the generation of %s", created, same)
                .isTrue();
        created.timePasses();
        if (before != null && before.deleted() && !before.of().forks.isEmpty() && !world.settings.syncs()) {
            world.reach.hit("a path that forks have held is free, though records are not synced");
        }
        if (created.source == null) {
            world.model(created.path).add(version, answer);
        } else {
            StreamState stream = Peek.at(store(created.path), created.path);
            world.model(created.path).addFork(version, answer, () -> Peek.isUndone(stream));
        }
    }

    long generationAt(String path) {
        StreamState stream = Peek.at(store(path), path);
        return stream == null ? -1 : stream.generation();
    }

    /**
     * A command has met a stream: it is used, unless it had expired or the command failed before, whether or not that
     * could be recorded.
     */
    void usedPerhaps(@Nullable Version version, Replied answer) {
        if (version == null || version.of().mustBeExpired()) {
            return;
        }
        Incarnation of = version.of();
        if (answer.isTurnedAway() && (of.due || answer.isOfFault())) {
            of.mayUse();
            return;
        }
        StreamState stream = Peek.at(store(of.path), of.path);
        of.mayUse();
        if (stream != null && stream.generation() == of.generation && !Peek.isDeleted(stream)) {
            of.use();
        }
    }

    private Expiry anyExpiry() {
        if (!world.settings.expires() || oneIn(2)) {
            return Expiry.never();
        }
        return oneIn(2)
                ? new Expiry.Ttl(1 + random.nextInt(30))
                : new Expiry.At(world.clock.nowMillis() + random.nextInt(30_000) - 1_000);
    }

    private Retention anyRetention() {
        if (!world.settings.retains() || oneIn(3)) {
            return Retention.none();
        }
        return new Retention(
                oneIn(2) ? 1 + random.nextInt(10) : -1,
                oneIn(2) ? 1 + random.nextInt(oneIn(2) ? 30 : 3_000) : -1,
                oneIn(2) ? 1 + random.nextInt(20) : -1);
    }

    // ---- change ----

    /** Another retention, and perhaps another time to live of a stream that has one; sometimes for metadata of before. */
    void change() {
        String path = anyPath();
        world.note();
        Version before = world.staged(path);
        boolean isStale = oneIn(5);
        Expiry expiry = before != null && before.expiry() instanceof Expiry.Ttl && oneIn(2)
                ? new Expiry.Ttl(1 + random.nextInt(30))
                : null;
        change(path, before, expiry, anyRetention(), isStale);
    }

    private void change(
            String path, @Nullable Version before, @Nullable Expiry expiry, Retention retention, boolean isStale) {
        MetadataChange change = new MetadataChange(
                null, expiry, retention.maxAgeSeconds(), retention.maxBytes(), retention.maxMessages());
        Set<String> words = ofAbsent(before);
        boolean isSame = before != null
                && change.expiry(before.expiry()).equals(before.expiry())
                && retention.equals(before.retention());
        boolean isMade = world.mayBeAlive(before) && !isSame && !isStale;
        if (world.mayBeAlive(before)) {
            words.add(isStale && !isSame ? "metadata_mismatch" : "changed");
        }
        if (isMade) {
            before.of().mayHave(change.expiry(before.expiry()));
            before.of().retainedOtherwise = true;
        }
        StreamState stream = Peek.at(store(path), path);
        long lsn = stream == null ? -1 : Peek.lastLsn(stream);
        Replied answer = new Replied();
        Preconditions condition = isStale ? Preconditions.metadataIs("0:0") : Preconditions.NONE;
        store(path).change(new Command.Change(new StreamPath(path), change, condition), answer);
        boolean leftTrace = stream != null && Peek.lastLsn(stream) != lsn && !Peek.isDeleted(stream);
        if (answer.isTaken(leftTrace)) {
            assertThat(isMade).as("%s of %s is taken", change, before).isTrue();
            Version after = before.changed(change.expiry(before.expiry()), retention, world.clockMax);
            world.model(path).add(after, answer);
            world.reach.hit(
                    after.trimmable() > before.trimmable()
                            ? "a change of retention that allows to trim more"
                            : "a change of metadata");
        }
        usedPerhaps(before, answer);
        world.expect(words, answer, before == null ? null : before.of(), "change of " + before + " to " + change);
    }

    // ---- delete ----

    void delete() {
        delete(anyPath(), oneIn(4));
    }

    void delete(String path, boolean conditional) {
        world.note();
        Version before = world.staged(path);
        Set<String> words = ofAbsent(before);
        boolean alive = world.mayBeAlive(before);
        StreamState stream = Peek.at(store(path), path);
        Offset match = alive && stream != null && conditional ? stream.offsetAt(anyTail(before)) : null;
        boolean matches = match == null || match.position() == before.tail();
        if (alive) {
            words.add(matches ? "deleted" : "offset_mismatch");
        }
        boolean removes = alive && matches && stream != null && !Peek.isDeleted(stream);
        boolean mayExpire = !Expiry.never().equals(before == null ? null : before.of().expiry)
                && (world.mayBeFull || world.mayBeBusy);
        if (removes && (mayExpire || world.model(path).inDoubt(path, version -> true) != null)) {
            // Where what it follows is refused, it is decided again without that, and perhaps too late.
            words.addAll(Set.of("stream_not_found", "stream_deleted"));
            if (match != null) {
                words.add("offset_mismatch");
            }
        }
        Replied answer = new Replied();
        store(path).delete(new Command.Delete(new StreamPath(path), ifMatch(match)), answer);
        if (removes && !answer.isTurnedAway()) {
            assertThat(Peek.isDeleted(stream)).as("deletion of %s", before).isTrue();
        }
        if (removes && answer.isTaken(Peek.isDeleted(stream))) {
            world.model(path)
                    .addDeletion(
                            before.withoutReaders(),
                            answer,
                            version -> match == null || match.position() == version.tail());
            if (world.held(before.of()) == World.Held.YES) {
                world.reach.hit("deletion of a stream that forks need");
            }
        }
        world.expect(words, answer, before == null ? null : before.of(), "delete " + before);
    }

    /** What a command may be answered that needs a stream, if there is none. */
    private Set<String> ofAbsent(@Nullable Version before) {
        Set<String> words = new HashSet<>();
        if (world.mayBeGone(before)) {
            World.Held held = world.heldAtPath(before);
            if (held != World.Held.NO) {
                words.add("stream_deleted");
            }
            if (held != World.Held.YES) {
                words.add("stream_not_found");
            }
        }
        return words;
    }

    // ---- append ----

    void append() {
        append(anyPath());
    }

    /** Many producers append to one stream, one after the other. */
    void crowd() {
        String path = anyPath();
        int count = world.settings.producerCount();
        int first = random.nextInt(count);
        for (int i = 0; i < count && !world.disk.isStopped(); i++) {
            world.note();
            Version before = world.staged(path);
            if (before == null || before.deleted() || before.closed()) {
                return;
            }
            String id = "p" + (first + i) % count;
            Producer last = before.lastOf(id);
            Producer next = last == null ? new Producer(id, 0, 0) : new Producer(id, last.epoch(), last.seq() + 1);
            String[] stored = before.of().json ? new String[] {"1,"} : new String[] {"1"};
            append(path, before, before.of().json, false, false, stored, next, null, null, null);
            if (i % 20 == 0) {
                world.runSome(50);
            }
        }
        Version after = world.staged(path);
        if (after != null
                && after.producers().size() == world.settings.producers().producersMax()) {
            world.reach.hit("a stream of a thousand producers");
        }
    }

    /** Appends a few bytes, with no condition. */
    Replied write(String path) {
        Version before = world.staged(path);
        return write(path, anyStored(before != null && before.of().json));
    }

    Replied write(String path, String[] stored) {
        world.note();
        Version before = world.staged(path);
        boolean json = before != null && before.of().json;
        return append(path, before, json, false, false, stored, null, null, null, null);
    }

    void append(String path) {
        world.note();
        Version before = world.staged(path);
        boolean json = before != null && before.of().json;
        boolean wrongType = oneIn(40);
        boolean close = oneIn(25);
        String[] stored = close && oneIn(2) ? new String[0] : anyStored(json);
        Producer producer = world.settings.produces() && oneIn(2) ? anyProducer(before) : null;
        String seq = oneIn(6) ? "%06d".formatted(number + random.nextInt(3)) : null;
        StreamState stream = Peek.at(store(path), path);
        Offset match = stream != null && before != null && oneIn(8) ? stream.offsetAt(anyTail(before)) : null;
        Offset expected = stream != null && before != null && oneIn(8) ? stream.offsetAt(anyTail(before)) : null;
        append(path, before, json, wrongType, close, stored, producer, seq, expected, match);
    }

    private Replied append(
            String path,
            @Nullable Version before,
            boolean json,
            boolean wrongType,
            boolean close,
            String[] stored,
            @Nullable Producer producer,
            @Nullable String seq,
            @Nullable Offset expected,
            @Nullable Offset match) {
        StreamState stream = Peek.at(store(path), path);
        ContentType type = json == wrongType ? ContentType.OCTET_STREAM : ContentType.JSON;
        Command.Append command = new Command.Append(
                new StreamPath(path), type, close, producer, seq, expected, ifMatch(match), body(json, stored));
        Set<String> words = ofAbsent(before);
        String mistake = null;
        if (world.mayBeAlive(before)) {
            mistake = mistake(
                    before,
                    stored,
                    type.isJson(),
                    close,
                    producer,
                    seq,
                    expected,
                    match,
                    world.settings.producers(),
                    world.clock.nowMillis());
            words.add(mistake != null ? mistake : (stored.length == 0 ? "kept" : "wrote") + (close ? " closed" : ""));
        }
        long lsn = stream == null ? -1 : Peek.lastLsn(stream);
        Replied answer = new Replied();
        store(path).append(command, answer);
        boolean changed = stream != null && Peek.lastLsn(stream) != lsn && !Peek.isDeleted(stream);
        if (answer.isTaken(changed)) {
            assertThat(world.mayBeAlive(before) && mistake == null)
                    .as("%s is taken by %s, expected %s", command, before, words)
                    .isTrue();
            Version after = before.appended(
                    world.clock.nowMillis(),
                    close,
                    producer,
                    seq,
                    world.settings.producers().producersMax(),
                    stored);
            world.model(path).add(after, answer);
            if (String.join("", stored).contains(Version.OFFSET)) {
                world.reach.hit("an offset is added to a message");
            }
            if (producer != null) {
                world.produced(before, after, producer);
            }
        } else {
            assertThat(answer.isTurnedAway() || mistake != null || world.mayBeGone(before))
                    .as("%s is not taken by %s", command, before)
                    .isTrue();
        }
        usedPerhaps(before, answer);
        String what = "append of " + String.join("", stored) + " by " + producer + " seq " + seq
                + (close ? " closing " : " to ");
        world.expect(words, answer, before == null ? null : before.of(), what + before);
        return answer;
    }

    private static Preconditions ifMatch(@Nullable Offset tail) {
        return tail == null ? Preconditions.NONE : Preconditions.tailAt(tail);
    }

    private long anyTail(Version stream) {
        return oneIn(2) ? stream.tail() : random.nextInt(stream.tail() + 1);
    }

    private Producer anyProducer(@Nullable Version stream) {
        String id = "p" + random.nextInt(oneIn(2) ? 2 : world.settings.producerCount());
        Producer last = stream == null ? null : stream.lastOf(id);
        if (last == null) {
            return new Producer(id, random.nextInt(2), oneIn(8) ? 1 : 0);
        }
        return switch (random.nextInt(8)) {
            case 0 -> last;
            case 1 -> new Producer(id, last.epoch() + 1, oneIn(4) ? 1 : 0);
            case 2 -> new Producer(id, Math.max(0, last.epoch() - 1), 0);
            case 3 -> new Producer(id, last.epoch(), last.seq() + 2);
            default -> new Producer(id, last.epoch(), last.seq() + 1);
        };
    }

    /** The answer of an append that changes nothing, or null where the stream takes it (sections 5.2, 5.2.1, 5.3). */
    private static @Nullable String mistake(
            Version stream,
            String[] stored,
            boolean jsonType,
            boolean close,
            @Nullable Producer producer,
            @Nullable String seq,
            @Nullable Offset expected,
            @Nullable Offset match,
            ProducerLimits limits,
            long nowMillis) {
        if (stream.closed()) {
            boolean repeats = producer != null && producer.equals(stream.closedBy());
            boolean again = producer == null && close && stored.length == 0;
            return repeats || again ? "kept closed" : "stream_closed";
        }
        if (stored.length > 0 && jsonType != stream.of().json) {
            return "content_type_mismatch";
        }
        if (producer != null) {
            Producer last = stream.lastOf(producer.id());
            if (last == null || producer.epoch() > last.epoch()) {
                if (producer.seq() != 0) {
                    return last == null ? "producer_sequence_gap" : "invalid_producer";
                }
                if (last == null && stream.hasTooManyProducers(limits, nowMillis)) {
                    return "too_many_producers";
                }
            } else if (producer.epoch() < last.epoch()) {
                return "stale_producer_epoch";
            } else if (producer.seq() <= last.seq()) {
                return "kept";
            } else if (producer.seq() > last.seq() + 1) {
                return "producer_sequence_gap";
            }
        }
        if (seq != null && stream.seq() != null && seq.compareTo(stream.seq()) <= 0) {
            return "sequence_regression";
        }
        if (expected != null && expected.position() != stream.tail()) {
            return "expected_offset_conflict";
        }
        return match != null && match.position() != stream.tail() ? "offset_mismatch" : null;
    }

    // ---- trim ----

    /** The server drops what a stream has before a position, as far as no message is cut. */
    Replied trim(String path, long position) {
        world.note();
        Version before = world.staged(path);
        Set<String> words = ofAbsent(before);
        if (world.mayBeAlive(before)) {
            words.add("described");
        }
        StreamState stream = Peek.at(store(path), path);
        long lsn = stream == null ? -1 : Peek.lastLsn(stream);
        Replied answer = new Replied();
        store(path).trimBefore(new StreamPath(path), position, answer);
        boolean leftTrace = stream != null && Peek.lastLsn(stream) != lsn && !Peek.isDeleted(stream);
        if (answer.isTaken(leftTrace)) {
            assertThat(world.mayBeAlive(before)).as("trim of %s", before).isTrue();
            world.model(path).add(before.trimmedBefore(position), answer);
            world.reach.hit("a trim by the server");
        }
        world.expect(words, answer, before == null ? null : before.of(), "trim before " + position + " of " + before);
        return answer;
    }

    // ---- readers ----

    void read() {
        read(anyPath());
    }

    void read(String path) {
        StreamState stream = open(path, true);
        if (stream == null) {
            return;
        }
        Incarnation of = world.incarnations.get(stream.generation());
        Checks.info(world, of, stream);
        long start = anyStart(stream, of);
        if (start >= 0 && of.json && oneIn(3)) {
            search(stream, of, start);
        } else if (start >= 0) {
            Reading reading = new Reading(world.process, stream, of, start, 1 + random.nextInt(oneIn(2) ? 50 : 5_000));
            Checks.begins(world, reading);
            reading.next();
            world.readings.add(reading);
            world.note();
        }
    }

    /** A search for the beginning or the end of a read that is limited by messages. */
    private void search(StreamState stream, Incarnation of, long from) {
        Searching.Kind[] kinds = Searching.Kind.values();
        Searching.Kind kind = kinds[random.nextInt(kinds.length)];
        boolean isSince = kind == Searching.Kind.SINCE;
        long place = isSince ? stream.durableEarliest() : from;
        long count = isSince
                ? world.clock.nowMillis() + 3_600_000 - random.nextInt(oneIn(2) ? 3_605_000 : 7_200_000)
                : 1 + random.nextInt(oneIn(2) ? 3 : 100);
        Searching searching = new Searching(world.process, stream, of, kind, place, count);
        searching.next();
        world.searches.add(searching);
        world.note();
    }

    /** Where a read begins: anywhere; -1 if the store has refused it, as it must. */
    private long anyStart(StreamState stream, Incarnation of) {
        if (oneIn(3)) {
            return store(of.path).position(stream, new ReadStart.Beginning());
        }
        if (oneIn(10)) {
            Offset after = stream.offsetAt(stream.durableTail() + 1 + random.nextInt(10));
            long start = store(of.path).position(stream, new ReadStart.At(after));
            assertThat(start).as("where a read after the tail begins").isEqualTo(stream.durableTail());
            world.reach.hit("read after the tail");
            return start;
        }
        long position = random.nextInt((int) stream.durableTail() + 1);
        Version staged = world.staged(of.path);
        if (oneIn(2) && staged != null && staged.of() == of) {
            while (position < stream.durableTail() && !staged.isBoundary(position)) {
                position++;
            }
        }
        try {
            return store(of.path).position(stream, new ReadStart.At(stream.offsetAt(position)));
        } catch (RefusedException e) {
            assertThat(position).as("refused: %s", e.refusal()).isLessThan(of.earliestSeen);
            world.reach.hit("read refused at once: " + e.refusal().code().code());
            return -1;
        }
    }

    /** A reader waits at the tail of a stream, for a while. */
    void await() {
        String path = anyPath();
        StreamState stream = open(path, true);
        if (stream != null && !stream.isDurablyClosed()) {
            Incarnation of = world.incarnations.get(stream.generation());
            Checks.info(world, of, stream);
            Waiting.at(world, stream, of).park(1 + random.nextInt(oneIn(2) ? 500 : 20_000));
        }
    }

    /** A reader that waits disconnects. */
    void leave() {
        if (!world.waiting.isEmpty()) {
            world.waiting.get(random.nextInt(world.waiting.size())).leaveAny(random);
        }
    }

    /** Those that have waited for as long as they wanted to are answered with what there is. */
    void timeOut() {
        List.copyOf(world.waiting).forEach(Waiting::timeOut);
    }

    void head() {
        head(anyPath());
    }

    void head(String path) {
        StreamState stream = open(path, false);
        if (stream != null) {
            Checks.info(world, world.incarnations.get(stream.generation()), stream);
        }
    }

    /** Lists a shard, in steps of some items: each path is listed or absent, as its readers may see it. */
    void list() {
        world.note();
        SimulatedProcess.Shard shard = world.process.shards.get(random.nextInt(world.process.shards.size()));
        List<ListedStream> listed = new ArrayList<>();
        int itemsMax = 1 + random.nextInt(4);
        SimulatedProcess.attempt(shard.store(), refusal -> notOpened("a listing", refusal), () -> {
            listed.addAll(listed(shard.store(), itemsMax));
            Checks.reserved(world, shard.number(), reserved(shard.store(), itemsMax));
            Checks.listed(world, shard.number(), listed);
            follow(shard, listed);
        });
    }

    /** Who has listed a shard before has followed its changes since; some begin again. */
    private void follow(SimulatedProcess.Shard shard, List<ListedStream> listed) {
        ChangeHistory history = shard.store().changes();
        Followed before = followed.get(shard);
        if (before != null) {
            before.follow(history, listed);
        }
        if (before == null || history.last() % 3 == 0) {
            followed.put(shard, new Followed(world, listed, history.last()));
        }
    }

    private static List<StreamState> reserved(ShardStore store, int itemsMax) {
        List<StreamState> found = new ArrayList<>();
        String from = "";
        do {
            from = store.visitReserved(from, itemsMax, found::add);
        } while (from != null);
        return found;
    }

    private static List<ListedStream> listed(ShardStore store, int itemsMax) {
        List<ListedStream> listed = new ArrayList<>();
        ListQuery all = new ListQuery("", null, 1, false);
        String from = null;
        do {
            ListedPage page = store.list(all, from, itemsMax, path -> true);
            page.items().forEach(item -> listed.add(item.stream()));
            from = page.from();
        } while (from != null);
        return listed;
    }

    private @Nullable StreamState open(String path, boolean use) {
        world.note();
        List<StreamState> found = new ArrayList<>();
        SimulatedProcess.attempt(
                store(path),
                refusal -> notOpened(path, refusal),
                () -> Optional.ofNullable(tryOpen(path, use)).ifPresent(found::add));
        return found.isEmpty() ? null : found.get(0);
    }

    /** What the server throws while it looks a stream up is an answer too. */
    private void notOpened(String path, Refusal refusal) {
        assertThat(world.mayHaveFailed)
                .as("%s is not opened: %s", path, refusal)
                .isTrue();
        world.reach.hit("not opened: " + refusal.code().code());
    }

    private @Nullable StreamState tryOpen(String path, boolean use) {
        ShardModel model = world.model(path);
        try {
            StreamState stream = store(path).open(new StreamPath(path), use);
            Incarnation of = world.incarnations.get(stream.generation());
            assertThat(of).as("the stream that a reader of %s finds", path).isNotNull();
            assertThat(of.mustBeExpired())
                    .as("%s, which a reader finds, is expired", of)
                    .isFalse();
            assertThat(of.gone && !world.mayHaveFailed)
                    .as("%s, which a reader finds, is gone", of)
                    .isFalse();
            world.trace("opened:", of);
            model.saw(path, version -> version != null && version.of() == of && !version.deleted(), "" + of);
            if (use) {
                of.mayUse();
                StreamState staged = Peek.at(store(path), path);
                if (staged == stream && !Peek.isDeleted(stream)) {
                    of.use();
                }
            }
            return stream;
        } catch (RefusedException e) {
            String code = e.refusal().code().code();
            world.reach.hit("not opened: " + code);
            assertThat(code).isIn("stream_not_found", "stream_deleted");
            World.Held excluded = code.equals("stream_deleted") ? World.Held.NO : World.Held.YES;
            world.trace(path, "is not opened:", code);
            model.saw(
                    path,
                    version -> world.mayBeGone(version) && world.heldAtPath(version) != excluded,
                    "nothing: " + code);
            return null;
        }
    }

    // ---- forks ----

    /** Writes to a stream, and forks it there, to a path on another shard that is made free before. */
    void forkOfNewBytes() {
        String source = anyPath();
        String path = anyPath();
        if (world.process.of(path).number() == world.process.of(source).number()) {
            return;
        }
        delete(path, false);
        world.runAll();
        write(source);
        world.runAll();
        if (!world.disk.isStopped()) {
            ForkOrigin origin = new ForkOrigin(new StreamPath(source), null, 0);
            new Forking(world, this, path, origin, Expiry.never(), Retention.none()).start();
            world.runAll();
        }
    }

    void fork() {
        String path = anyPath();
        String source = anyPath();
        if (path.equals(source)) {
            return;
        }
        StreamState stream = Peek.at(store(source), source);
        Offset offset = null;
        if (stream != null && oneIn(2)) {
            offset = stream.offsetAt(random.nextInt((int) stream.durableTail() + 1));
        }
        ForkOrigin origin =
                new ForkOrigin(new StreamPath(source), offset, offset != null && oneIn(2) ? random.nextInt(5) : 0);
        new Forking(world, this, path, origin, anyExpiry(), anyRetention()).start();
    }
}
