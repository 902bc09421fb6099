package io.streamkeeper.server.config;

/** How the server talks to the kernel's sockets. */
public enum Transport {
    /** Native epoll where it loads, else NIO. */
    AUTO,
    EPOLL,
    IO_URING,
    NIO
}
