package io.streamkeeper.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.Manifest;
import io.streamkeeper.storage.disk.DiskFile;
import io.streamkeeper.storage.extent.ColdRead;
import io.streamkeeper.storage.extent.LocalExtentFiles;
import io.streamkeeper.storage.journal.FileLog;
import io.streamkeeper.storage.journal.FrameLayout;
import io.streamkeeper.storage.journal.LogReader;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.memory.ReadBudget;
import io.streamkeeper.storage.memory.ReadMemory;
import io.streamkeeper.storage.recovery.Recovery;
import io.streamkeeper.storage.stream.StreamContent;
import io.streamkeeper.storage.stream.StreamState;
import io.streamkeeper.storage.tool.StoreVerifier;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A bit of each byte of a small store flipped, or each bit with {@code -Ddamage.all=true}, and each file of it cut at
 * each byte: {@code verify}, which reads all that a start and all reads would, reports it, or what is found is what was
 * stored.
 *
 * <p>There is one exception, which no store can distinguish from a crash: the last frame of the newest segment may be
 * torn, or not there. Nothing after it says that it was durable, so a start treats it as a write that was not
 * acknowledged, and so any part of the newest segment that is cut off. What is found then is what was stored at some
 * earlier time. The newest segment may be taken for one that was never begun if not even the first frame is whole.
 *
 * <p>{@code LOCK} has no bytes that are read.
 */
class EveryDamageTest {
    private static final boolean ALL_BITS = Boolean.getBoolean("damage.all");

    private FileRig rig;
    private final List<String> states = new ArrayList<>();
    private Path newest;
    private long lastFrame;

    @BeforeEach
    void writeAStore() throws IOException {
        rig = new FileRig();
        rig.create(CreateRequest.at("bytes").text("first"));
        for (int i = 0; i < 5; i++) {
            rig.append("bytes", "append " + i);
        }
        rig.create(CreateRequest.at("json").json());
        rig.append(AppendRequest.to("json").json("[1,{\"two\":2},\"three\"]"));
        rig.create(CreateRequest.at("gone").text("x"));
        rig.checkpoint();
        states.add(state());
        rig.delete("gone");
        states.add(state());
        rig.append("bytes", "journal");
        states.add(state());
        rig.append(AppendRequest.to("json").json("[4]").by("p", 0, 0));
        states.add(state());
        rig.append("bytes", "the last");
        states.add(state());
        rig.stop();
        assertThat(problems()).isEmpty();
        findLastFrame();
    }

    private void findLastFrame() throws IOException {
        for (Path file : rig.files(".wal")) {
            LogReader.readSegment(rig.disk, file, new LogReader.Visitor() {
                @Override
                public ByteBuf buffer(int bytes) {
                    return Unpooled.buffer(bytes, bytes);
                }

                @Override
                public void frame(ByteBuf buffer, int index, FrameLayout.Header header) {}

                @Override
                public void at(Path segment, long position) {
                    newest = segment;
                    lastFrame = position;
                }
            });
        }
    }

    private List<String> problems() {
        return new StoreVerifier(rig.disk, line -> {}).verify(FileRig.DATA);
    }

    /** What a start finds; changes nothing. */
    private String state() throws IOException {
        Manifest manifest = Manifest.read(rig.disk, FileRig.SHARD);
        Recovery recovery = new Recovery(
                FileRig.SHARD.toString(),
                new FileLog(rig.disk, FileRig.SHARD, manifest.store(), 0),
                LocalExtentFiles.of(rig.disk, FileRig.SHARD),
                manifest,
                new MemoryBudget(Long.MAX_VALUE));
        List<StreamState> streams = List.of();
        try {
            try {
                recovery.run();
            } finally {
                streams = recovery.takeStreams();
            }
            StringBuilder state = new StringBuilder();
            for (StreamState stream : streams) {
                if (!stream.isDeleted()) {
                    state.append(describe(stream)).append('\n');
                }
            }
            return state.toString();
        } finally {
            streams.forEach(stream -> stream.content().release(place -> {}));
            recovery.close();
        }
    }

    private static String describe(StreamState stream) throws IOException {
        StreamContent content = stream.content();
        String text = "";
        if (content.end() > content.start()) {
            ReadBudget budget = new ReadBudget(1 << 20);
            ByteBuf bytes = ColdRead.of(content, content.start(), content.end())
                    .run(ReadMemory.of(budget, budget.reserve(1 << 16)));
            text = bytes.toString(UTF_8);
            bytes.release();
        }
        return stream.path() + " " + text + " from " + content.start() + " to " + content.end() + " with "
                + content.messageCount() + " messages, earliest " + stream.earliest() + ", p " + stream.lastOf("p")
                + (stream.isClosed() ? " closed" : "");
    }

    private String last() {
        return states.get(states.size() - 1);
    }

    /** Of the files that hold the store all; of the segments' unused ends a part, which no one reads. */
    private List<Path> storeFiles() {
        return rig.disk.files();
    }

    private void put(Path path, long position, byte value) throws IOException {
        try (DiskFile file = rig.disk.open(path)) {
            file.writeFully(position, ByteBuffer.wrap(new byte[] {value}));
            file.sync();
        }
    }

    private byte[] bytes(Path path) throws IOException {
        try (DiskFile file = rig.disk.open(path)) {
            ByteBuffer all = ByteBuffer.allocate((int) file.size());
            file.readFully(0, all);
            return all.array();
        }
    }

    @Test
    void eachFlippedBitIsReportedOrChangesNothing() throws IOException {
        int reported = 0;
        for (Path path : storeFiles()) {
            byte[] all = bytes(path);
            boolean segment = path.toString().endsWith(".wal");
            long used = segment ? usedBytes(all) : all.length;
            for (int position = 0; position < all.length; position += position < used ? 1 : 509) {
                for (int bit = ALL_BITS ? 0 : position % 8; bit < 8; bit += ALL_BITS ? 1 : 8) {
                    put(path, position, (byte) (all[position] ^ 1 << bit));
                    if (!problems().isEmpty()) {
                        reported++;
                        continue;
                    }
                    boolean mayBeTorn = path.equals(newest) && position >= lastFrame;
                    String as = "bit " + bit + " of byte " + position + " of " + path;
                    assertThat(state()).as(as).isIn(last(), mayBeTorn ? states.get(states.size() - 2) : last());
                }
                put(path, position, all[position]);
            }
        }
        assertThat(problems()).isEmpty();
        assertThat(reported).isGreaterThan(800);
    }

    /** Up to where a segment has bytes. */
    private static int usedBytes(byte[] all) {
        int used = all.length;
        while (used > 0 && all[used - 1] == 0) {
            used--;
        }
        return used;
    }

    @Test
    void eachCutFileIsReportedOrChangesNothing() throws IOException {
        int reported = 0;
        for (Path path : storeFiles()) {
            byte[] all = bytes(path);
            int used = path.toString().endsWith(".wal") ? usedBytes(all) : all.length;
            for (int length = 0; length < all.length; length += length < used ? 1 : 509) {
                cut(path, length);
                if (problems().isEmpty()) {
                    assertThat(state())
                            .as("%s cut to %s bytes", path, length)
                            .isIn(path.equals(newest) ? states : List.of(last()));
                } else {
                    reported++;
                }
                restore(path, all);
            }
        }
        assertThat(problems()).isEmpty();
        assertThat(reported).isGreaterThan(500);
    }

    private void cut(Path path, int length) throws IOException {
        try (DiskFile file = rig.disk.open(path)) {
            file.truncate(length);
            file.sync();
        }
    }

    private void restore(Path path, byte[] all) throws IOException {
        try (DiskFile file = rig.disk.open(path)) {
            file.writeFully(0, ByteBuffer.wrap(all));
            file.sync();
        }
    }

    @Test
    void eachMissingFileIsReportedOrChangesNothing() throws IOException {
        for (Path path : storeFiles()) {
            Path elsewhere = path.resolveSibling("elsewhere");
            rig.disk.rename(path, elsewhere);
            if (problems().isEmpty()) {
                assertThat(state()).as("without %s", path).isEqualTo(last());
            }
            rig.disk.rename(elsewhere, path);
        }
        assertThat(DataDirectory.read(rig.disk, FileRig.DATA).shards()).isEqualTo(1);
    }
}
