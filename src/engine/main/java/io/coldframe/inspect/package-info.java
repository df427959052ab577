/// What is in snapshots, page by page: what differs, who wrote it, what it costs.
package io.coldframe.inspect;
