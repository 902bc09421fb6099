package io.streamkeeper.storage.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.storage.stream.StreamState;
import io.streamkeeper.storage.stream.TailWaiters;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * The readers that wait at the tail of one stream, as long-polls do. Each is answered once: when there is something to
 * read, when the stream is closed or gone, or when it has waited for long enough; one that has left is not. They are
 * woken at the end of the turn in which the stream moved.
 */
final class Waiting implements TailWaiters {
    private static final int BYTES_MAX = 1_000;

    /** One reader, and until when it waits by the monotonic clock. */
    private record Reader(long position, long untilMillis) {}

    private final World world;
    private final StreamState stream;
    private final Incarnation of;
    private final SimulatedProcess.Shard home;
    private final List<Reader> readers = new ArrayList<>();
    private boolean wakes;

    private Waiting(World world, StreamState stream, Incarnation of) {
        this.world = world;
        this.stream = stream;
        this.of = of;
        this.home = world.process.of(of.path);
    }

    /** Those that wait at a stream, of which there may be none yet. */
    static Waiting at(World world, StreamState stream, Incarnation of) {
        if (stream.waiters() instanceof Waiting there) {
            return there;
        }
        Waiting made = new Waiting(world, stream, of);
        stream.waiters(made);
        world.waiting.add(made);
        return made;
    }

    Incarnation of() {
        return of;
    }

    @Override
    public int count() {
        return readers.size();
    }

    private long nowMillis() {
        return TimeUnit.NANOSECONDS.toMillis(world.clock.monotonicNanos());
    }

    // ---- readers come and leave ----

    void park(long millis) {
        readers.add(new Reader(stream.durableTail(), nowMillis() + millis));
    }

    void leaveAny(Random random) {
        readers.remove(random.nextInt(readers.size()));
        world.reach.hit("a reader that waits leaves");
        forgetIfEmpty();
    }

    private void forgetIfEmpty() {
        if (readers.isEmpty()) {
            world.waiting.remove(this);
            stream.waiters(null);
        }
    }

    /** Answers those that have waited for long enough. */
    void timeOut() {
        List<Reader> late = readers.stream()
                .filter(reader -> reader.untilMillis() <= nowMillis())
                .toList();
        late.forEach(this::answer);
        if (!late.isEmpty()) {
            world.reach.hit(
                    home.store().failure() == null
                            ? "a reader has waited for long enough"
                            : "a reader has waited for long enough where the shard has failed");
            forgetIfEmpty();
        }
    }

    // ---- notifications ----

    @Override
    public void moved(StreamState same) {
        assertThat(same).isSameAs(stream);
        if (!wakes) {
            wakes = true;
            world.process.run(home, this::wake);
        }
    }

    private void wake() {
        wakes = false;
        if (stream.isDurablyDeleted()) {
            return;
        }
        List<Reader> woken = readers.stream().filter(this::hasNews).toList();
        woken.forEach(this::answer);
        if (!woken.isEmpty()) {
            world.reach.hit(stream.isDurablyClosed() ? "a reader is notified of the end" : "a reader is woken");
            forgetIfEmpty();
        }
    }

    private boolean hasNews(Reader reader) {
        return reader.position() < stream.durableTail() || stream.isDurablyClosed();
    }

    /**
     * Whether it is read as by any other reader: a checkpoint may come between two pieces of what became durable
     * together.
     */
    private boolean hasReachedAFile(long position) {
        return position >= stream.content().start() && !stream.isInMemory(position, stream.durableTail());
    }

    private void answer(Reader reader) {
        assertThat(readers.remove(reader)).as("%s waits", reader).isTrue();
        world.note();
        if (hasReachedAFile(reader.position())) {
            world.reach.hit("a reader waits for what has reached a file");
            return;
        }
        Outcome.Chunk chunk;
        try {
            chunk = home.store().readNew(stream, reader.position(), BYTES_MAX);
        } catch (RefusedException e) {
            Version staged = world.staged(of.path);
            boolean replaced = staged == null || staged.of() != of;
            assertThat(replaced || reader.position() < staged.trimmableAt(world.clockMax))
                    .as("%s at %s is refused: %s", reader, of, e.refusal())
                    .isTrue();
            assertThat(e.refusal().code()).isEqualTo(ErrorCode.OFFSET_GONE);
            world.reach.hit("a reader waits for what retention drops at once");
            return;
        }
        String text = chunk.bytes().toString(UTF_8);
        chunk.bytes().release();
        world.trace("a reader of", of, "from", reader.position(), "is answered", text);
        world.model(of.path)
                .saw(
                        of.path,
                        version -> version != null
                                && version.shows(of, text, reader.position())
                                && (!chunk.upToDate() || reader.position() + text.length() == version.tail())
                                && (!chunk.upToDate() || chunk.closed() == version.closed()),
                        "as one who waits at " + reader.position() + ": " + text);
    }

    /**
     * The stream is deleted durably, or has expired, which a stream with a sliding time and a waiting reader does not.
     */
    @Override
    public void gone(StreamState same) {
        assertThat(same).isSameAs(stream);
        world.note();
        Version staged = world.staged(of.path);
        boolean isDeleted = staged == null || staged.of() != of || staged.deleted();
        if (!isDeleted) {
            assertThat(of.expiry)
                    .as("the expiry of %s, at which readers wait", of)
                    .isInstanceOf(Expiry.At.class);
        }
        world.model(of.path)
                .saw(
                        of.path,
                        version -> world.mayBeGone(version) || version.of() != of,
                        "as one who waits that it is gone: " + of);
        readers.clear();
        world.reach.hit(
                isDeleted ? "a reader is notified of a deletion" : "a reader is notified that its stream has expired");
        forgetIfEmpty();
    }

    /** Nothing is under way: those who still wait know of everything. */
    void checkNothingUnreported() {
        assertThat(stream.isDurablyDeleted())
                .as("%s is deleted, and readers wait", of)
                .isFalse();
        assertThat(readers.stream().filter(this::hasNews))
                .as("readers of %s that were not woken", of)
                .isEmpty();
    }
}
