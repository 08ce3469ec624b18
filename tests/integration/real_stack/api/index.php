<?php

// The vendor's endpoints over a SQL table, one request at a time, as PHP runs them. nginx passes
// the settings: where the database is, and how this server differs from the others.

require __DIR__ . '/answers.php';
require __DIR__ . '/lists.php';
require __DIR__ . '/rows.php';

if (!hash_equals($_SERVER['LINER_KEY'], $_SERVER['HTTP_X_API_KEY'] ?? '')) {
    refuse(401, 'Unauthorized');
}

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);

if ($path === '/v2/order/') {
    answer(page(connect(), 'orders', 'order_row'));
}
refuse(404, 'Not found');
