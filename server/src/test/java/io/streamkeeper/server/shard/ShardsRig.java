package io.streamkeeper.server.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.ForkOrigin;
import io.streamkeeper.protocol.Outcome;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.storage.disk.Clock;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Shards in memory on two loops, for tests of what follows their streams. */
public final class ShardsRig implements AutoCloseable {
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final Shards shards;

    public ShardsRig(int count, long memoryBytes) throws IOException {
        shards = new Shards(TestStores.inMemory(count, memoryBytes, Clock.SYSTEM), loops);
        shards.start();
    }

    public EventLoopGroup loops() {
        return loops;
    }

    public Shards shards() {
        return shards;
    }

    /** Creates an empty stream of JSON. */
    public void create(String path) {
        create(path, null);
    }

    /** Creates a fork of all of a stream of JSON. */
    public void fork(String path, StreamPath source) {
        create(path, new ForkOrigin(source, null, 0));
    }

    private void create(String path, @Nullable ForkOrigin fork) {
        execute(new Command.Create(
                new StreamPath(path),
                ContentType.JSON,
                Expiry.never(),
                Retention.none(),
                false,
                fork,
                Preconditions.NONE,
                Body.empty()));
    }

    public void delete(String path) {
        execute(new Command.Delete(new StreamPath(path), Preconditions.NONE));
    }

    private void execute(Command command) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        shards.of(command.path()).execute(command, 0, outcome::complete);
        assertThat(outcome.join()).isNotInstanceOf(Refusal.class);
    }

    @Override
    public void close() {
        shards.close();
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
