console.log('waiting for messages');
setInterval(() => {}, 1000);
