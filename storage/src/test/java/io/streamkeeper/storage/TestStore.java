package io.streamkeeper.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.MetadataChange;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.extent.MemoryExtentStore;
import io.streamkeeper.storage.journal.MemoryJournal;
import io.streamkeeper.storage.memory.Buffers;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.shard.Callback;
import io.streamkeeper.storage.shard.ShardStore;
import io.streamkeeper.storage.stream.ForkSource;
import io.streamkeeper.storage.stream.ProducerLimits;
import io.streamkeeper.storage.stream.StreamState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * The store of a server's only shard with a journal that is held and a clock that stands still. Closing it fails if a
 * body or a block of memory was not given back.
 */
public final class TestStore implements AutoCloseable {
    public final ManualClock clock = new ManualClock(1_700_000_000_000L);
    final MemoryBudget budget;
    public final HeldJournal journal;
    public final ShardStore store;
    private final List<ByteBuf> bodies = new ArrayList<>();
    private final Queue<Runnable> releases = new ArrayDeque<>();
    private boolean releasing;

    public TestStore() {
        this(256 << 20);
    }

    public TestStore(long memoryBytesMax) {
        this(memoryBytesMax, ProducerLimits.DEFAULT);
    }

    public TestStore(long memoryBytesMax, ProducerLimits producers) {
        budget = new MemoryBudget(memoryBytesMax);
        journal = new HeldJournal(new MemoryJournal(budget));
        store = new ShardStore(
                0,
                1,
                journal,
                new MemoryExtentStore(budget),
                new ReadBudget(0),
                clock,
                (path, generation, done) -> release(generation, done),
                producers);
    }

    /** Releases come after each other, as turns of a loop do. */
    private void release(long generation, Runnable done) {
        releases.add(() -> store.releaseSource(generation, done));
        if (!releasing) {
            releasing = true;
            while (!releases.isEmpty()) {
                releases.remove().run();
            }
            releasing = false;
        }
    }

    public Answer create(CreateRequest request) {
        Answer answer = new Answer();
        Command.Create command = request.command();
        bodies.add(command.body().bytes());
        if (command.fork() == null) {
            store.create(command, null, answer);
        } else if (store.answerExisting(command, answer)) {
            command.body().release();
        } else {
            store.pinSource(command.fork(), command.contentType(), new Callback<>() {
                @Override
                public void complete(ForkSource source) {
                    store.create(command, source, answer);
                }

                @Override
                public void refuse(Refusal refusal) {
                    command.body().release();
                    answer.complete(refusal);
                }
            });
        }
        return answer;
    }

    public Answer create(String path) {
        return create(CreateRequest.at(path));
    }

    /** Creates a stream that is durable when this returns. */
    public Outcome.Created created(CreateRequest request) {
        Answer answer = create(request);
        journal.sync();
        return answer.created();
    }

    public Outcome.Created created(String path) {
        return created(CreateRequest.at(path));
    }

    public Answer append(AppendRequest request) {
        return append(request, new Answer());
    }

    public Answer append(AppendRequest request, Answer answer) {
        Command.Append command = request.command();
        bodies.add(command.body().bytes());
        store.append(command, answer);
        return answer;
    }

    public Answer append(String path, String text) {
        return append(AppendRequest.to(path).text(text));
    }

    /** Appends what is durable when this returns. */
    public Offset appended(AppendRequest request) {
        Answer answer = append(request);
        journal.sync();
        return answer.appended().nextOffset();
    }

    public Offset appended(String path, String text) {
        return appended(AppendRequest.to(path).text(text));
    }

    public Answer delete(String path) {
        return delete(path, Preconditions.NONE);
    }

    public Answer delete(String path, Preconditions preconditions) {
        Answer answer = new Answer();
        store.delete(new Command.Delete(new StreamPath(path), preconditions), answer);
        return answer;
    }

    public Answer change(String path, MetadataChange change) {
        Answer answer = new Answer();
        store.change(new Command.Change(new StreamPath(path), change, Preconditions.NONE), answer);
        return answer;
    }

    /** Deletes a stream; that is durable when this returns. */
    public void deleted(String path) {
        Answer answer = delete(path);
        journal.sync();
        answer.as(Outcome.Deleted.class);
    }

    public StreamState open(String path) {
        return store.open(new StreamPath(path), false);
    }

    /** All that readers see of a stream. */
    public String text(String path) {
        StreamState stream = store.open(new StreamPath(path), true);
        return text(stream, 0, Integer.MAX_VALUE);
    }

    public String text(StreamState stream, long start, int bytesMax) {
        StringBuilder text = new StringBuilder();
        long from = start;
        while (from < stream.ownStart()) {
            Taken<ShardStore.Inherited> inherited = new Taken<>();
            store.readInherited(stream.lineage().at(from), from, bytesMax, inherited);
            ShardStore.Inherited run = inherited.get();
            text.append(run.bytes().toString(UTF_8));
            run.bytes().release();
            from = run.end();
        }
        Answer answer = new Answer();
        store.read(stream, start, Buffers.NONE, from, bytesMax, answer);
        Outcome.Chunk chunk = answer.as(Outcome.Chunk.class);
        text.append(chunk.bytes().toString(UTF_8));
        chunk.bytes().release();
        return text.toString();
    }

    /** Where a read from {@code offset} begins, if it is taken. */
    long resolve(String path, Offset offset) {
        StreamState stream = open(path);
        long position = store.position(stream, new ReadStart.At(offset));
        if (position >= stream.ownStart()) {
            Answer answer = new Answer();
            store.read(stream, position, Buffers.NONE, position, 1, answer);
            if (answer.outcome() instanceof Refusal refusal) {
                throw new RefusedException(refusal);
            }
            answer.as(Outcome.Chunk.class).bytes().release();
        }
        return position;
    }

    /** Why readers do not get a stream, or null if they do. */
    public ErrorCode absence(String path) {
        try {
            open(path);
            return null;
        } catch (RefusedException e) {
            return e.refusal().code();
        }
    }

    static ErrorCode codeOf(ThrowingCallable refused) {
        RefusedException exception = catchThrowableOfType(RefusedException.class, refused);
        assertThat(exception).as("a refusal").isNotNull();
        return exception.refusal().code();
    }

    @Override
    public void close() {
        store.close();
        assertThat(budget.usedBytes()).as("bytes that were not given back").isZero();
        for (ByteBuf body : bodies) {
            assertThat(!body.isReadable() && body.capacity() == 0 ? 0 : body.refCnt())
                    .as("references to a body")
                    .isZero();
        }
    }
}
