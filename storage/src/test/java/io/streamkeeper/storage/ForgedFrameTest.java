package io.streamkeeper.storage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What a client sends may look like a frame of the journal; it is not taken for one. */
class ForgedFrameTest {
    private static final int FRAME_HEADER_BYTES = 40;
    private static final int EARLIER = 10;
    private static final int LATER = 40;

    /**
     * A magic number, and what a frame of this segment says that follows others: a copy of one that the journal has.
     */
    private static byte[] lastFrame(FileRig rig, Path segment) throws IOException {
        byte[] all = bytes(rig, segment);
        int last = 0;
        for (int i = 0; i + FRAME_HEADER_BYTES <= all.length; i += 8) {
            if (ByteBuffer.wrap(all).getInt(i) == 0x534b4652) {
                last = i;
            }
        }
        int length = ByteBuffer.wrap(all).getInt(last + 8);
        byte[] frame = new byte[length];
        System.arraycopy(all, last, frame, 0, length);
        return frame;
    }

    private static byte[] bytes(FileRig rig, Path segment) throws IOException {
        try (DiskFile file = rig.disk.open(segment)) {
            ByteBuffer all = ByteBuffer.allocate((int) file.size());
            file.readFully(0, all);
            return all.array();
        }
    }

    private static Path write(FileRig rig, int appends) {
        rig.create(CreateRequest.at("a").type(ContentType.OCTET_STREAM)).created();
        for (int i = 0; i < appends; i++) {
            rig.append(AppendRequest.to("a").type(ContentType.OCTET_STREAM).text("x".repeat(100)));
        }
        return rig.segmentInUse();
    }

    /** What a segment of that number has further on; the simulated disk salts the segments of both stores alike. */
    @Test
    void aCopyOfALaterFrameInAPayloadThatIsTornIsNoDamage() throws IOException {
        FileRig other = new FileRig();
        byte[] later = lastFrame(other, write(other, LATER));
        FileRig rig = new FileRig();
        assertTorn(rig, write(rig, EARLIER), later);
    }

    /** Appends the payload, wherever it comes to lie, and destroys the header of its frame. */
    private static void assertTorn(FileRig rig, Path segment, byte[] payload) throws IOException {
        long tail = rig.stream("a").durableTail();
        int torn = bytes(rig, segment).length;
        byte[] before = bytes(rig, segment);
        String copies = new String(payload, ISO_8859_1);
        rig.append(AppendRequest.to("a").type(ContentType.OCTET_STREAM).bytes(aligned(copies)));
        byte[] after = bytes(rig, segment);
        for (int i = 0; i < torn; i++) {
            if (before[i] != after[i]) {
                torn = i;
            }
        }
        rig.kill();
        try (DiskFile file = rig.disk.open(segment)) {
            file.writeFully(torn & -8, ByteBuffer.allocate(8));
            file.sync();
        }
        rig.start();

        assertThat(rig.stream("a").durableTail()).isEqualTo(tail);
        rig.kill();
    }

    /** Copies of a frame at each distance from a multiple of eight, so that one lies where frames are looked for. */
    private static byte[] aligned(String frame) {
        StringBuilder all = new StringBuilder();
        for (int shift = 0; shift < 8; shift++) {
            all.append(frame);
            all.append("p".repeat((8 - all.length() % 8 + shift + 1) % 8));
        }
        return all.toString().getBytes(ISO_8859_1);
    }
}
