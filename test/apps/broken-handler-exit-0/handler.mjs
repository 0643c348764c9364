console.log('done with everything');
