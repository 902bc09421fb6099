package io.streamkeeper.bench.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class ProcessSampleTest {
    private static final String STATUS = "Name:\tjava\nVmPeak:\t 9000 kB\nVmHWM:\t  200 kB\nVmRSS:\t  100 kB\n";
    private static final String IO =
            "rchar: 1\nwchar: 22\nread_bytes: 3\nwrite_bytes: 4096\ncancelled_write_bytes: 5\n";

    @Test
    void sizesAreInBytes() {
        assertThat(ProcessSample.kibibytes(STATUS, "VmRSS")).isEqualTo(100 << 10);
        assertThat(ProcessSample.kibibytes(STATUS, "VmHWM")).isEqualTo(200 << 10);
    }

    @Test
    void numberIsFoundByTheWholeKey() {
        assertThat(ProcessSample.number(IO, "write_bytes")).isEqualTo(4096);
        assertThat(ProcessSample.number(IO, "cancelled_write_bytes")).isEqualTo(5);
        assertThat(ProcessSample.number(IO, "wchar")).isEqualTo(22);
    }

    @Test
    void missingKeyIsNamedInTheError() {
        assertThatThrownBy(() -> ProcessSample.number(IO, "syscw")).hasMessageContaining("no syscw:");
    }

    @Test
    void ticksAreFoundAfterANameWithSpacesAndParentheses() {
        String stat = "17 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0";
        assertThat(ProcessSample.cpuTicks(stat)).isEqualTo(300);
    }

    @Test
    void runningProcessIsSampled() throws IOException {
        assumeTrue(Files.isReadable(Path.of("/proc/self/io")), "needs /proc/self/io");
        ProcessSample sample = ProcessSample.of(ProcessHandle.current().pid());
        assertThat(sample.residentBytes()).isPositive().isLessThanOrEqualTo(sample.residentBytesMax());
        assertThat(sample.openFiles()).isPositive();
        assertThat(sample.cpuTicks()).isPositive();
    }
}
