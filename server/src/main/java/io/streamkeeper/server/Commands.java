package io.streamkeeper.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.client.api.AppendOptions;
import io.streamkeeper.client.api.Content;
import io.streamkeeper.client.api.CreateOptions;
import io.streamkeeper.client.api.From;
import io.streamkeeper.client.api.ListOptions;
import io.streamkeeper.client.api.MetadataOptions;
import io.streamkeeper.client.api.ReadOptions;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.ForkOrigin;
import io.streamkeeper.protocol.ListQuery;
import io.streamkeeper.protocol.LiveMode;
import io.streamkeeper.protocol.MetadataChange;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.ReadStart;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.registry.Registry;
import io.streamkeeper.server.shard.JsonRoom;
import io.streamkeeper.server.shard.Splitters;
import io.streamkeeper.storage.memory.BudgetedBuffers;
import io.streamkeeper.storage.memory.GatheredBytes;
import io.streamkeeper.storage.memory.MemoryLedger;
import org.jspecify.annotations.Nullable;

/**
 * Creates the commands of the Java API, by the same rules as over HTTP. Immutable; the calling thread checks and splits
 * JSON.
 */
final class Commands {
    private static final ReadStart TAIL = new ReadStart.Now();
    private static final Content NOTHING = Content.bytes(new byte[0]);

    private final ServerConfig config;
    private final JsonRoom room;
    private final BudgetedBuffers bodies;

    /** Takes the memory for split JSON and for long bodies from the budgets of {@code memory}. */
    Commands(ServerConfig config, MemoryLedger memory) {
        this.config = config;
        this.room = new JsonRoom(memory.splitting());
        this.bodies = new BudgetedBuffers(memory.bodies());
    }

    Command.Create create(String path, CreateOptions options) {
        StreamPath at = written(path);
        CreateOptions.Fork fork = options.fork();
        if (config.data().registry() && fork != null && fork.source().equals(StreamPath.REGISTRY.value())) {
            throw new RefusedException(Registry.notForked());
        }
        ContentType type = fork == null ? ContentType.parse(options.content().contentType()) : null;
        Retention retention = options.retention().isNone() && type != null
                ? config.retention().of(at)
                : options.retention();
        return new Command.Create(
                at,
                type,
                options.expiry(),
                retention,
                options.isClosed(),
                fork == null ? null : origin(fork),
                Preconditions.NONE,
                body(options.content(), type));
    }

    private static ForkOrigin origin(CreateOptions.Fork fork) {
        ReadStart from = ReadStart.parse(fork.from().offset());
        Offset offset = from instanceof ReadStart.At at ? at.offset() : from.equals(TAIL) ? null : Offset.ZERO;
        return new ForkOrigin(at(fork.source()), offset, fork.subOffset());
    }

    /** The path of a stream that a caller may change. */
    private StreamPath written(String path) {
        StreamPath at = at(path);
        if (config.data().registry() && at.equals(StreamPath.REGISTRY)) {
            throw new RefusedException(Registry.notByClients());
        }
        return at;
    }

    private static StreamPath at(String path) {
        StreamPath at = StreamPath.of(path);
        if (at.isReserved()) {
            throw new RefusedException(
                    ErrorCode.INVALID_PATH,
                    "stream path " + Quoted.of(path) + " is reserved; expected another first segment than "
                            + StreamPath.RESERVED_SEGMENT);
        }
        return at;
    }

    /** Closes without appending. */
    Command.Append close(String path, AppendOptions options) {
        return append(path, NOTHING, options.closing());
    }

    Command.Append append(String path, Content content, AppendOptions options) {
        boolean empty = content.bytes().length == 0;
        if (empty && !options.closes()) {
            throw new RefusedException(ErrorCode.EMPTY_BODY, "the content is empty; expected bytes to append");
        }
        ContentType type = empty ? null : ContentType.parse(content.contentType());
        String ifMatch = options.ifMatch();
        String expected = options.expectedOffset();
        return new Command.Append(
                written(path),
                type,
                options.closes(),
                options.producer(),
                options.streamSeq(),
                expected == null ? null : Offset.parse(expected),
                ifMatch == null ? Preconditions.NONE : Preconditions.tailAt(Offset.parse(ifMatch)),
                body(content, type).toAppend());
    }

    private Body body(Content content, @Nullable ContentType type) {
        int bytesMax = config.http().bodyBytesMax();
        if (content.bytes().length > bytesMax) {
            throw new RefusedException(
                    ErrorCode.BODY_TOO_LARGE,
                    "the content has " + content.bytes().length + " bytes, expected at most " + bytesMax);
        }
        if (content.bytes().length == 0) {
            return Body.empty();
        }
        boolean messages = type != null && type.isJson();
        ByteBuf bytes = gathered(content.bytes());
        if (bytes == null) {
            // The splitter removes white space between messages in place, which must not change the caller's array.
            bytes = messages ? Unpooled.copiedBuffer(content.bytes()) : Unpooled.wrappedBuffer(content.bytes());
        }
        return messages ? room.split(Splitters.of(config), bytes) : Body.of(bytes);
    }

    /** Returns a copy that the shard need not copy again; null if the content is short, or the budget has no room. */
    private @Nullable ByteBuf gathered(byte[] content) {
        return content.length < GatheredBytes.BODY_BYTES_MIN ? null : GatheredBytes.copyOf(content, bodies);
    }

    /** Reads stored data. */
    Command.Read read(String path, From from) {
        return read(path, from, LiveMode.NONE, 0);
    }

    /** Reads stored data within limits. */
    Command.Read read(String path, ReadOptions options) {
        return new Command.Read(at(path), options.start(), LiveMode.NONE, 0, null, options.range());
    }

    /** Reads stored data, or waits up to {@code timeoutMillis} for the next append. */
    Command.Read poll(String path, From from, long timeoutMillis) {
        return read(path, from, LiveMode.LONG_POLL, timeoutMillis);
    }

    private static Command.Read read(String path, From from, LiveMode live, long timeoutMillis) {
        return new Command.Read(at(path), ReadStart.parse(from.offset()), live, timeoutMillis, null, null);
    }

    static ListQuery list(ListOptions options) {
        return new ListQuery(options.prefix(), options.after(), options.limit(), options.isGrouped());
    }

    Command.Describe describe(String path) {
        return new Command.Describe(at(path));
    }

    Command.Change change(String path, MetadataOptions options) {
        String type = options.contentType();
        String ifMatch = options.ifMatch();
        return new Command.Change(
                written(path),
                new MetadataChange(
                        type == null ? null : ContentType.parse(type),
                        options.expiry(),
                        options.maxAgeSeconds(),
                        options.maxBytes(),
                        options.maxMessages()),
                ifMatch == null ? Preconditions.NONE : Preconditions.metadataIs(ifMatch));
    }

    Command.Delete delete(String path) {
        return new Command.Delete(written(path), Preconditions.NONE);
    }
}
