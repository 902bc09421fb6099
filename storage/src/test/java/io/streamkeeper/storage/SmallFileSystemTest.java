package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.output.LogsFaults;
import io.streamkeeper.storage.recovery.StorageConfig;
import io.streamkeeper.storage.stream.ProducerLimits;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A file system in which few segments of the usual size have room. */
class SmallFileSystemTest {
    private static final int CAPACITY_BYTES = 40 << 20;
    private static final StorageConfig USUAL =
            new StorageConfig(true, 32 << 20, 1_000_000, 16 << 20, 48 << 20, ProducerLimits.DEFAULT);

    private final FileRig rig = new FileRig();

    SmallFileSystemTest() throws IOException {}

    @AfterEach
    void stop() {
        rig.stop();
    }

    private void work() {
        for (int i = 0; i < 40; i++) {
            rig.store.keepUp();
            rig.threads.runAll();
            rig.clock.advance(200);
        }
    }

    private String store(String path, String content) {
        return rig.create(CreateRequest.at(path).text(content)).word();
    }

    @Test
    @LogsFaults({
        "the next journal segment cannot be prepared",
        "was abandoned: {}",
        "the reserve of {} bytes is released",
        "the reserve of {} bytes is made again"
    })
    void whenItIsFullADeletedThirdOfTheStreamsMakesRoom() throws IOException {
        rig.stop();
        rig.config = USUAL.fitting(CAPACITY_BYTES).withReserve();
        rig.disk.capacityBytes(CAPACITY_BYTES);
        rig.start();
        String content = "x".repeat(200_000);
        int streams = 0;
        while (streams < 400 && store("s" + streams, content).equals("created")) {
            streams++;
            work();
        }
        assertThat(streams).as("streams that fill the file system").isBetween(150, 210);

        for (int i = 0; i < streams / 3; i++) {
            assertThat(rig.delete("s" + i).word()).isEqualTo("deleted");
        }
        work();

        assertThat(store("new", content)).isEqualTo("created");
    }

    @Test
    void aLargeOneAndOneOfUnknownSizeHaveTheConfiguredSizes() {
        assertThat(USUAL.fitting(1L << 40)).isEqualTo(USUAL);
        assertThat(USUAL.fitting(0)).isEqualTo(USUAL);
    }
}
