package io.streamkeeper.storage.simulation;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.storage.Peek;
import io.streamkeeper.storage.Version1Fixture;
import io.streamkeeper.storage.Version1Fixture.Served;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.stream.StreamState;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * The streams of a directory of format version 1, which the first start converts. No command meets them: they are to be
 * served as they were, in every life.
 */
final class Former {
    private final Version1Fixture fixture;
    private final Map<String, String> jsonFound = new HashMap<>();

    Former(String name) {
        fixture = new Version1Fixture(name);
    }

    void unpack(Disk disk, Path target) throws IOException {
        fixture.unpack(disk, target);
    }

    /** All of them are what they were when that version served them. */
    void check(World world) {
        for (Served served : fixture.served()) {
            StreamState stream = Peek.at(world.process.of(served.path()).store(), served.path());
            boolean isThere = stream != null && !Peek.isDeleted(stream);
            assertThat(isThere).as("%s is there", served.path()).isEqualTo(served.status() == 200);
            if (isThere) {
                check(world, served, stream);
            }
        }
    }

    private void check(World world, Served served, StreamState stream) {
        assertThat(stream.durableTail()).as("tail of %s", served.path()).isEqualTo(served.tailPosition());
        assertThat(stream.isDurablyClosed()).as("%s is closed", served.path()).isEqualTo(served.closed());
        assertThat(stream.contentType().value()).isEqualTo(served.contentType());
        boolean json = stream.contentType().isJson();
        long from = stream.durableEarliest();
        Incarnation of =
                new Incarnation(served.path(), json, Expiry.never(), Retention.none(), false, null, "", 0, world.clock);
        String stored = Checks.text(world, of, stream);
        if (json) {
            // That version served an array of it.
            String first = jsonFound.putIfAbsent(served.path(), stored);
            assertThat(stored).as("what %s has", served.path()).isEqualTo(first == null ? stored : first);
            assertThat(stored).hasSize((int) (stream.durableTail() - from));
        } else {
            assertThat(sha256(stored)).as("what %s has", served.path()).isEqualTo(served.sha256());
        }
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(ISO_8859_1)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
