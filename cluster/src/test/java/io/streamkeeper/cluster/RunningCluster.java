package io.streamkeeper.cluster;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests of three members, which all tests of a class share. */
abstract class RunningCluster {
    static final int KIB = 1 << 10;
    static final int MIB = 1 << 20;

    @TempDir
    static Path folder;

    static TestCluster cluster;

    String leader;

    @BeforeAll
    static void start() throws Exception {
        cluster = new TestCluster(folder).startAll();
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    @BeforeEach
    void find() {
        leader = cluster.leader();
    }

    static int received(String name) {
        return cluster.machine(name).numbers().size();
    }
}
