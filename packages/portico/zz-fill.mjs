import { BlobServiceClient } from '@azure/storage-blob';
const cs='DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;BlobEndpoint=http://127.0.0.1:21100/devstoreaccount1';
const c=BlobServiceClient.fromConnectionString(cs).getContainerClient('many');
await c.createIfNotExists(); const N=10000; let i=0; let t=performance.now();
await Promise.all(Array.from({length:32},async()=>{while(i<N){const n=i++;await c.getBlockBlobClient(`dir/blob-${String(n).padStart(6,'0')}.txt`).upload('x',1)}}));
console.log('upload',performance.now()-t);
