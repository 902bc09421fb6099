package io.streamkeeper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.PooledByteBufAllocator;
import io.streamkeeper.protocol.leak.LeakRecorder;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether the other tests would notice a leak and a blocked loop. */
class GuardTest {
    @Test
    void aBufferThatIsNotReleasedIsReported() {
        PooledByteBufAllocator.DEFAULT.buffer(8).writeByte(1);

        await().until(() -> !LeakRecorder.takeReports().isEmpty());
    }

    @Test
    void forcingAFileToDiskOnALoopIsReported(@TempDir Path directory) throws Exception {
        LoopGuard.install();
        Thread loop = new Thread(() -> force(directory.resolve("file")), "streamkeeper-loop-of-this-test");
        loop.start();
        loop.join();

        assertThat(LoopGuard.takeBlocked()).anyMatch(call -> call.contains("force0"));
    }

    private static void force(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.force(true);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void forcingAFileToDiskElsewhereIsNot(@TempDir Path directory) {
        LoopGuard.install();
        force(directory.resolve("file"));

        assertThat(LoopGuard.takeBlocked()).isEmpty();
    }
}
