package io.streamkeeper.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SyncCounterTest {
    @Test
    void onlyFsyncAndFdatasyncCallsAreCounted() {
        String table = """
                % time     seconds  usecs/call     calls    errors syscall
                ------ ----------- ----------- --------- --------- ----------------
                 97.90    0.177678         200       884           fdatasync
                  2.10    0.003800         100        38         2 fsync
                ------ ----------- ----------- --------- --------- ----------------
                100.00    0.181478         196       922           total
                """;
        assertThat(SyncCounter.calls(table)).isEqualTo(922);
        assertThat(SyncCounter.calls("")).isZero();
    }
}
