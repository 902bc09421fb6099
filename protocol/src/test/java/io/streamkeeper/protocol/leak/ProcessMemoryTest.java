package io.streamkeeper.protocol.leak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

/** Whether the other tests would notice a leak. */
class ProcessMemoryTest {
    @Test
    void aBufferOfNoProcessThatIsNotReleasedIsReported() {
        Unpooled.directBuffer(8).writeByte(1);
        await().until(() -> !LeakRecorder.takeReports().isEmpty());
    }

    @Test
    void aBufferThatAProcessHoldsAtItsEndIsReported() {
        ProcessMemory process = ProcessMemory.begin();
        ByteBuf held = Unpooled.directBuffer(8);
        Unpooled.directBuffer(8).release();
        assertThatThrownBy(process::assertReleased)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("cap: 8");
        assertThat(held.refCnt()).isZero();
    }

    @Test
    void aProcessThatIsKilledGivesItsBuffersBack() {
        ProcessMemory process = ProcessMemory.begin();
        ByteBuf held = Unpooled.directBuffer(8).retain();
        process.free();
        assertThat(held.refCnt()).isZero();
        ProcessMemory.begin().assertReleased();
    }
}
